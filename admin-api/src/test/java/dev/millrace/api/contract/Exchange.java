package dev.millrace.api.contract;

import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Flow;

/**
 * A request and its answer.
 *
 * @param path as it was sent, without its query
 * @param query as it was sent; empty: none
 * @param sent the body of the request; empty: none, or not known
 */
record Exchange(
    String method,
    String path,
    String query,
    HttpHeaders requestHeaders,
    String sent,
    int status,
    HttpHeaders headers,
    String body) {

  static Exchange of(HttpRequest request, HttpResponse<String> response) {
    String query = request.uri().getRawQuery();
    return new Exchange(
        request.method(),
        request.uri().getRawPath(),
        query == null ? "" : query,
        request.headers(),
        request
            .bodyPublisher()
            .filter(body -> body.contentLength() > 0)
            .map(Exchange::text)
            .orElse(""),
        response.statusCode(),
        response.headers(),
        response.body());
  }

  /**
   * As it stands on the wire.
   *
   * @param request its first line at least
   * @param answer one whole answer
   */
  static Exchange of(String request, String answer) {
    String[] line = request.lines().findFirst().orElse("").split(" ", -1);
    String target = line.length > 1 ? line[1] : "";
    int question = target.indexOf('?');
    int end = answer.indexOf("\r\n\r\n");
    List<String> head = answer.substring(0, Math.max(end, 0)).lines().toList();
    Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (String header : head.subList(1, head.size())) {
      int colon = header.indexOf(':');
      headers
          .computeIfAbsent(header.substring(0, colon), name -> new ArrayList<>())
          .add(header.substring(colon + 1).strip());
    }
    return new Exchange(
        line[0],
        question < 0 ? target : target.substring(0, question),
        question < 0 ? "" : target.substring(question + 1),
        HttpHeaders.of(Map.of(), (name, value) -> true),
        "",
        Integer.parseInt(head.get(0).split(" ", -1)[1]),
        HttpHeaders.of(headers, (name, value) -> true),
        answer.substring(end + 4));
  }

  private static String text(HttpRequest.BodyPublisher body) {
    HttpResponse.BodySubscriber<String> text = BodySubscribers.ofString(StandardCharsets.UTF_8);
    body.subscribe(
        new Flow.Subscriber<>() {
          @Override
          public void onSubscribe(Flow.Subscription subscription) {
            text.onSubscribe(subscription);
          }

          @Override
          public void onNext(ByteBuffer bytes) {
            text.onNext(List.of(bytes));
          }

          @Override
          public void onError(Throwable failure) {
            text.onError(failure);
          }

          @Override
          public void onComplete() {
            text.onComplete();
          }
        });
    return text.getBody().toCompletableFuture().join();
  }
}
