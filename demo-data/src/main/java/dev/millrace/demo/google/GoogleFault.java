package dev.millrace.demo.google;

/** How a request to the API fails. */
public enum GoogleFault {
  /** 401: the token is not accepted. */
  UNAUTHENTICATED(401, "UNAUTHENTICATED", "Request had invalid authentication credentials."),
  /** 403: the document is no longer shared with the account. */
  REVOKED(403, "PERMISSION_DENIED", "The caller does not have permission"),
  /** 403: the project has not enabled the API. */
  API_DISABLED(
      403,
      "PERMISSION_DENIED",
      "Google Sheets API has not been used in project 1 before or it is disabled."),
  /** 404. */
  MISSING(404, "NOT_FOUND", "Requested entity was not found."),
  /** 400: the document is an Office file. */
  OFFICE_FILE(400, "FAILED_PRECONDITION", "This operation is not supported for this document"),
  /** 429, without a {@code Retry-After}, as Google sends it. */
  QUOTA(429, "RESOURCE_EXHAUSTED", "Quota exceeded for quota metric 'Read requests'"),
  /** 429 with a {@code Retry-After} of 7 seconds. */
  QUOTA_WITH_TIME(429, "RESOURCE_EXHAUSTED", "Quota exceeded for quota metric 'Read requests'"),
  /** 500. */
  INTERNAL(500, "INTERNAL", "Internal error encountered."),
  /** 503. */
  UNAVAILABLE(503, "UNAVAILABLE", "The service is currently unavailable."),
  /** 200, one byte in 50 ms, without an end. */
  SLOW(200, "", ""),
  /** 200 with half of the bytes that its length says. */
  TRUNCATED(200, "", ""),
  /** 200 with half of the JSON as a complete body. */
  HALF_JSON(200, "", "");

  private final int status;
  private final String name;
  private final String message;

  GoogleFault(int status, String name, String message) {
    this.status = status;
    this.name = name;
    this.message = message;
  }

  int status() {
    return status;
  }

  /** As in Google's {@code google.rpc.Code}. */
  String statusName() {
    return name;
  }

  String message() {
    return message;
  }
}
