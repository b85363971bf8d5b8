package dev.millrace.api.server;

import dev.millrace.api.access.TrustedProxies;
import dev.millrace.api.problem.AnswerHeaders;
import dev.millrace.api.problem.Problem;
import dev.millrace.api.problem.ProblemAnswers;
import dev.millrace.api.problem.Problems;
import io.javalin.http.Context;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Handles each request before the routes. HEAD is answered as GET is, and Jetty leaves the body
 * out. Headers that would put another method in place of the real one are refused. Some threads are
 * reserved for {@code /health}: other requests that would need them are refused at once; a request
 * that waits without a thread is not counted. Thread-safe.
 */
public final class FrontHandler extends Handler.Wrapper {
  /** How many requests other than health checks hold a thread at once. */
  static final int MOST_AT_WORK = 128;

  /** The threads of a server: those at work, those of Jetty itself, and some for health checks. */
  public static final int THREADS = MOST_AT_WORK + 64;

  private static final List<String> OVERRIDES =
      List.of("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override");

  private static final String HEAD = FrontHandler.class.getName() + ".head";

  private final Semaphore atWork = new Semaphore(MOST_AT_WORK);
  private final Connections connections;

  public FrontHandler(Connections connections) {
    this.connections = connections;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    connections.busyWith(request);
    for (String header : OVERRIDES) {
      if (request.getHeaders().contains(header)) {
        String detail = header + " is not allowed; send the method itself";
        Problem problem = Problem.of(400, "invalid_header", "Bad Request", detail);
        refuse(problem.with("field", header), response, callback);
        return true;
      }
    }
    HangUp.remember(request);
    TrustedProxies.remember(request);
    Request seen = HttpMethod.HEAD.is(request.getMethod()) ? new AsGet(request) : request;
    if (Request.getPathInContext(request).startsWith("/health/")) {
      return super.handle(seen, response, callback);
    }
    if (!atWork.tryAcquire()) {
      Problem overload =
          Problems.overload("the server is processing " + MOST_AT_WORK + " requests already");
      refuse(overload, response, callback);
      return true;
    }
    try {
      return super.handle(seen, response, callback);
    } finally {
      atWork.release();
    }
  }

  private static void refuse(Problem problem, Response response, Callback callback) {
    AnswerHeaders.all().forEach(response.getHeaders()::put);
    problem.headers().forEach(response.getHeaders()::put);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, ProblemAnswers.MEDIA_TYPE);
    response.setStatus(problem.status());
    response.write(true, ByteBuffer.wrap(ProblemAnswers.bytes(problem)), callback);
  }

  /** Whether a request is answered without its body. */
  public static boolean isHead(Context ctx) {
    return Boolean.TRUE.equals(ctx.attribute(HEAD));
  }

  private static final class AsGet extends Request.Wrapper {
    AsGet(Request request) {
      super(request);
      request.setAttribute(HEAD, true);
    }

    @Override
    public String getMethod() {
      return HttpMethod.GET.asString();
    }
  }
}
