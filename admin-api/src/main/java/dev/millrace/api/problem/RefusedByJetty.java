package dev.millrace.api.problem;

import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** Answers what never reaches a route (a malformed request, headers too long) as a problem too. */
public final class RefusedByJetty extends ErrorHandler {

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    AnswerHeaders.all().forEach(response.getHeaders()::put);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, ProblemAnswers.MEDIA_TYPE);
    response.write(true, body(response.getStatus()), callback);
    return true;
  }

  private static ByteBuffer body(int status) {
    return ByteBuffer.wrap(ProblemAnswers.bytes(ProblemAnswers.ofStatus(status)));
  }
}
