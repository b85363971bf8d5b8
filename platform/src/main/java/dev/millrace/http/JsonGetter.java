package dev.millrace.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.http.JsonPoster.NoResponseException;
import dev.millrace.json.Json;
import dev.millrace.json.JsonException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * GETs JSON documents from addresses that an operator trusts. No redirect is followed, and a
 * document is given up when it is too large or too slow. Thread-safe.
 */
public final class JsonGetter {
  private final HttpClient client;
  private final Duration timeout;
  private final int mostBytes;

  /**
   * A client.
   *
   * @param timeout of one document, from the connection to its last byte
   * @param mostBytes of one document
   */
  public JsonGetter(Duration timeout, int mostBytes) {
    this.timeout = timeout;
    this.mostBytes = mostBytes;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(timeout)
            .build();
  }

  /**
   * Reads a document.
   *
   * @throws NoResponseException when there is none in time, or it is too large or no JSON; the
   *     message names the host
   */
  public JsonNode get(URI url) throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(url)
            .header("Accept", "application/json")
            .header("User-Agent", "millrace")
            .build();
    CompletableFuture<HttpResponse<byte[]>> answer =
        client.sendAsync(request, response -> new Bounded(mostBytes));
    try {
      HttpResponse<byte[]> response = answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
      if (response.statusCode() != 200) {
        throw new NoResponseException(
            url.getHost() + " answered " + response.statusCode() + " in place of a document");
      }
      return Json.tree(new String(response.body(), StandardCharsets.UTF_8));
    } catch (TimeoutException e) {
      throw new NoResponseException(
          url.getHost() + " did not answer within " + timeout.toMillis() + " ms");
    } catch (ExecutionException e) {
      String reason = e.getCause() == null ? null : e.getCause().getMessage();
      String kind = e.getCause() == null ? "" : e.getCause().getClass().getSimpleName();
      throw new NoResponseException(
          url.getHost() + " cannot be read: " + (reason == null ? kind : reason));
    } catch (JsonException e) {
      throw new NoResponseException(url.getHost() + " answered with what is no JSON");
    } finally {
      answer.cancel(true);
    }
  }

  /** Collects a body, and ends its connection once it is too large. */
  private static final class Bounded implements BodySubscriber<byte[]> {
    private final CompletableFuture<byte[]> body = new CompletableFuture<>();
    private final ByteArrayOutputStream read = new ByteArrayOutputStream();
    private final int most;
    private Flow.@Nullable Subscription subscription;

    Bounded(int most) {
      this.most = most;
    }

    @Override
    public CompletionStage<byte[]> getBody() {
      return body;
    }

    @Override
    public void onSubscribe(Flow.Subscription source) {
      subscription = source;
      source.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
      for (ByteBuffer buffer : buffers) {
        if (read.size() + buffer.remaining() > most) {
          if (subscription != null) {
            subscription.cancel();
          }
          body.completeExceptionally(
              new IOException("the answer has more than " + most + " bytes"));
          return;
        }
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        read.write(bytes, 0, bytes.length);
      }
    }

    @Override
    public void onError(Throwable failure) {
      body.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
      body.complete(read.toByteArray());
    }
  }
}
