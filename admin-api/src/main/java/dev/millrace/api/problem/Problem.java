package dev.millrace.api.problem;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An RFC 9457 problem.
 *
 * @param status of the HTTP answer
 * @param code what programs branch on; stable, also the last part of {@code type}
 * @param instance the path asked for; set when it is answered
 * @param errors what is wrong with which part of a body
 * @param more further members, such as the {@code task_id} that is in the way
 * @param headers of the HTTP answer; not part of the body
 */
@JsonPropertyOrder({"type", "title", "status", "detail", "instance", "code", "errors"})
public record Problem(
    int status,
    String code,
    String title,
    String detail,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String instance,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<FieldError> errors,
    @JsonAnyGetter Map<String, Object> more,
    @JsonIgnore Map<String, String> headers) {

  /**
   * One wrong part of a body.
   *
   * @param pointer an RFC 6901 JSON pointer into the body
   */
  public record FieldError(String pointer, String detail) {}

  public Problem {
    errors = List.copyOf(errors);
    more = Collections.unmodifiableMap(new LinkedHashMap<>(more));
    headers = Map.copyOf(headers);
  }

  /** A problem of a kind, with nothing but what it is. */
  public static Problem of(int status, String code, String title, String detail) {
    return new Problem(status, code, title, detail, null, List.of(), Map.of(), Map.of());
  }

  /** A stable name, not an address: there is nothing to fetch. */
  @JsonProperty
  public String type() {
    return "urn:millrace:problem:" + code;
  }

  /** With one more member in the body. */
  public Problem with(String member, @Nullable Object value) {
    Map<String, Object> members = new LinkedHashMap<>(more);
    members.put(member, value);
    return new Problem(status, code, title, detail, instance, errors, members, headers);
  }

  public Problem withHeader(String name, String value) {
    Map<String, String> all = new LinkedHashMap<>(headers);
    all.put(name, value);
    return new Problem(status, code, title, detail, instance, errors, more, all);
  }

  public Problem withErrors(List<FieldError> wrong) {
    List<FieldError> all = new ArrayList<>(errors);
    all.addAll(wrong);
    return new Problem(status, code, title, detail, instance, all, more, headers);
  }

  Problem at(String path) {
    return new Problem(status, code, title, detail, path, errors, more, headers);
  }
}
