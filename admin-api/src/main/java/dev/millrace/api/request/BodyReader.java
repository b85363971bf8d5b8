package dev.millrace.api.request;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.api.problem.ClientFaults;
import dev.millrace.api.problem.Problem;
import dev.millrace.api.problem.Problem.FieldError;
import dev.millrace.api.problem.ProblemException;
import dev.millrace.api.problem.Problems;
import dev.millrace.json.Json;
import io.javalin.http.Context;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.SequenceInputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The body of one request. Its values are counted while it streams, before a tree is made of it: a
 * body of 33 MB may hold eleven million.
 */
final class BodyReader {
  private static final ObjectReader READER =
      Json.mapper().reader(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);
  private static final int VALUES_AT_ONCE = 1_000;

  private final List<ByteArrayInputStream> chunks;
  private final BodyBudget.Share share;

  private BodyReader(List<ByteArrayInputStream> chunks, BodyBudget.Share share) {
    this.chunks = chunks;
    this.share = share;
  }

  /**
   * A list in the body that is bounded while it streams.
   *
   * @param name of the field
   * @param most elements
   * @param mostLength of an element, in characters
   */
  record Bounds(String name, int most, int mostLength) {}

  /** Reads all bytes, up to a limit. A packed body is refused before any of it is read. */
  static BodyReader of(Context ctx, int mostBytes) {
    String coding = ctx.header("Content-Encoding");
    if (coding != null && !coding.strip().equalsIgnoreCase("identity")) {
      throw new ProblemException(ClientFaults.packed(coding));
    }
    if (ctx.contentLength() > mostBytes) {
      throw Problems.tooLarge(mostBytes);
    }
    BodyBudget.Share share = BodyBudget.of(ctx);
    List<ByteArrayInputStream> chunks = new ArrayList<>();
    BodyPace pace = BodyPace.of(ctx);
    try (InputStream in = ctx.bodyInputStream()) {
      int length = 0;
      for (byte[] chunk = pace.next(in); chunk.length > 0; chunk = pace.next(in)) {
        length += chunk.length;
        if (length > mostBytes) {
          throw Problems.tooLarge(mostBytes);
        }
        share.takeBytes(chunk.length);
        chunks.add(new ByteArrayInputStream(chunk));
      }
      return new BodyReader(chunks, share);
    } catch (IOException e) {
      throw new ProblemException(
          e.getCause() instanceof TimeoutException
              ? BodyPace.tooSlow()
              : ClientFaults.incomplete());
    } finally {
      pace.end();
    }
  }

  /** The body as a JSON object; null bounds: it has no long list. */
  ObjectNode object(@Nullable Bounds bounds) {
    try {
      count(bounds);
      if (READER.readTree(text()) instanceof ObjectNode object) {
        return object;
      }
      throw malformed("the body must be a JSON object");
    } catch (StreamConstraintsException e) {
      throw malformed(
          "the body must have numbers of at most "
              + Json.MOST_DIGITS
              + " characters and at most "
              + Json.MOST_DEPTH
              + " arrays and objects inside each other");
    } catch (MismatchedInputException e) {
      throw malformed("the body has a field twice, or text after its end");
    } catch (JsonProcessingException e) {
      throw malformed("the body is not JSON");
    } catch (CharacterCodingException e) {
      throw malformed("the body is not UTF-8");
    } catch (IOException e) {
      throw new IllegalStateException("bytes in memory could not be read", e);
    }
  }

  private Reader text() {
    chunks.forEach(ByteArrayInputStream::reset);
    return new InputStreamReader(
        new SequenceInputStream(Collections.enumeration(chunks)),
        StandardCharsets.UTF_8.newDecoder());
  }

  private void count(@Nullable Bounds bounds) throws IOException {
    int values = 0;
    int depth = 0;
    int elements = 0;
    boolean inList = false;
    long start = 0;
    try (JsonParser parser = Json.ofRequests().createParser(text())) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token == JsonToken.FIELD_NAME) {
          continue;
        }
        if (token.isStructEnd()) {
          depth--;
          inList = inList && depth > 1;
        } else {
          if (values++ % VALUES_AT_ONCE == 0) {
            takeValues(values);
          }
          if (bounds != null && inList && depth == 2) {
            start = parser.currentLocation().getCharOffset();
            if (++elements > bounds.most()) {
              throw tooMany(bounds);
            }
          }
          boolean isList = depth == 1 && token == JsonToken.START_ARRAY;
          inList = inList || (isList && isBounded(bounds, parser.currentName()));
          depth += token.isStructStart() ? 1 : 0;
        }
        if (bounds != null
            && inList
            && depth == 2
            && parser.currentLocation().getCharOffset() - start > bounds.mostLength()
            && elements > 0) {
          throw tooLong(bounds, elements - 1);
        }
      }
    }
  }

  private static boolean isBounded(@Nullable Bounds bounds, @Nullable String name) {
    return bounds != null && bounds.name().equals(name);
  }

  private void takeValues(int values) {
    if (values > BodyBudget.MOST_VALUES) {
      throw new ProblemException(
          Problem.of(
              413,
              "too_large",
              "Content Too Large",
              "a body may hold at most " + BodyBudget.MOST_VALUES + " JSON values"));
    }
    share.takeValues(VALUES_AT_ONCE);
  }

  private static ProblemException tooMany(Bounds bounds) {
    String name = bounds.name();
    String detail = name + " must be a list of 1 to " + bounds.most() + " objects, was one of more";
    return Problems.invalid(List.of(new FieldError(JsonBody.pointer(name), detail)));
  }

  private static ProblemException tooLong(Bounds bounds, int index) {
    String name = bounds.name() + "/" + index;
    String detail = name + " must have at most " + bounds.mostLength() + " characters";
    FieldError error = new FieldError(JsonBody.pointer(bounds.name()) + "/" + index, detail);
    return Problems.tooLarge(bounds.mostLength(), List.of(error));
  }

  private static ProblemException malformed(String detail) {
    return new ProblemException(Problem.of(400, "malformed_json", "Bad Request", detail));
  }
}
