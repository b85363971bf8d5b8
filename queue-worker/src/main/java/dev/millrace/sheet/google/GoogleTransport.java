package dev.millrace.sheet.google;

import com.google.api.client.http.HttpTransport;
import com.google.api.client.http.LowLevelHttpRequest;
import com.google.api.client.http.LowLevelHttpResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.io.Closer;
import org.jspecify.annotations.Nullable;

/**
 * Google's client over the guarded HTTP client of sheets. Requests go to the origins of the
 * settings only: a token reaches no other host, whatever an answer says.
 */
final class GoogleTransport extends HttpTransport {
  private final CloseableHttpClient client;
  private final Duration time;
  private final Set<String> origins;

  /**
   * Makes the transport.
   *
   * @param time for the body of an answer
   */
  GoogleTransport(CloseableHttpClient client, Duration time, URI... hosts) {
    this.client = client;
    this.time = time;
    this.origins = Stream.of(hosts).map(GoogleTransport::origin).collect(Collectors.toSet());
  }

  private static String origin(URI url) {
    return (url.getScheme() + "://" + url.getRawAuthority()).toLowerCase(Locale.ROOT);
  }

  @Override
  public boolean supportsMethod(String method) {
    return true;
  }

  @Override
  protected LowLevelHttpRequest buildRequest(String method, String url) throws IOException {
    URI target = URI.create(url);
    if (!origins.contains(origin(target))) {
      throw new IOException("a request to " + target.getHost() + ", which no setting names");
    }
    return new Request(new HttpUriRequestBase(method, target));
  }

  private final class Request extends LowLevelHttpRequest {
    private final HttpUriRequestBase request;

    Request(HttpUriRequestBase request) {
      this.request = request;
    }

    @Override
    public void addHeader(String name, String value) {
      request.addHeader(name, value);
    }

    @Override
    public LowLevelHttpResponse execute() throws IOException {
      if (getStreamingContent() != null) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        getStreamingContent().writeTo(body);
        ContentType type = ContentType.parse(getContentType());
        request.setEntity(new ByteArrayEntity(body.toByteArray(), type, getContentEncoding()));
      }
      return new Response(request, client.executeOpen(null, request, null), time);
    }
  }

  private static final class Response extends LowLevelHttpResponse {
    private final HttpUriRequestBase request;
    private final ClassicHttpResponse response;
    private final Duration time;
    private final Header[] headers;

    Response(HttpUriRequestBase request, ClassicHttpResponse response, Duration time) {
      this.time = time;
      this.request = request;
      this.response = response;
      this.headers = response.getHeaders();
    }

    @Override
    public @Nullable InputStream getContent() throws IOException {
      HttpEntity entity = response.getEntity();
      return entity == null ? null : new TimedStream(entity.getContent(), time, this::disconnect);
    }

    @Override
    public @Nullable String getContentEncoding() {
      Header header = response.getFirstHeader(HttpHeaders.CONTENT_ENCODING);
      return header == null ? null : header.getValue();
    }

    @Override
    public long getContentLength() {
      HttpEntity entity = response.getEntity();
      return entity == null ? 0 : entity.getContentLength();
    }

    @Override
    public @Nullable String getContentType() {
      HttpEntity entity = response.getEntity();
      return entity == null ? null : entity.getContentType();
    }

    @Override
    public String getStatusLine() {
      return "HTTP " + response.getCode() + " " + response.getReasonPhrase();
    }

    @Override
    public int getStatusCode() {
      return response.getCode();
    }

    @Override
    public String getReasonPhrase() {
      return response.getReasonPhrase();
    }

    @Override
    public int getHeaderCount() {
      return headers.length;
    }

    @Override
    public String getHeaderName(int index) {
      return headers[index].getName();
    }

    @Override
    public String getHeaderValue(int index) {
      return headers[index].getValue();
    }

    @Override
    public void disconnect() {
      request.cancel();
      Closer.closeQuietly(response);
    }
  }
}
