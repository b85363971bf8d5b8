package dev.millrace.app.config;

import dev.millrace.address.Address;
import java.net.URI;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Where caches are invalidated: a whole address, or the base of a web application and a path. */
final class CacheAddress {
  /** The path when none is set. */
  static final String DEFAULT_PATH = "/api/cache/invalidate";

  private static final Pattern PATH = Pattern.compile("/[!-~]*");

  private CacheAddress() {}

  /**
   * {@code CACHE_INVALIDATION_URL}, else {@code NEXT_PUBLIC_APP_URL} with {@code
   * CACHE_INVALIDATION_PATH}. The base alone counts only beside {@code INTERNAL_API_KEY}: a web
   * application has it in its environment whether its cache is to be invalidated or not.
   */
  static Optional<URI> read(Reader reader) {
    Optional<URI> whole = reader.read("CACHE_INVALIDATION_URL", CacheAddress::web);
    Optional<String> path =
        reader.read(
            "CACHE_INVALIDATION_PATH",
            text -> {
              if (!PATH.matcher(text).matches()) {
                throw new IllegalArgumentException("must be a path such as " + DEFAULT_PATH);
              }
              return text;
            });
    Optional<URI> base = reader.read("NEXT_PUBLIC_APP_URL", CacheAddress::web);
    if (whole.isPresent()) {
      reader.require("INTERNAL_API_KEY", "the calls of CACHE_INVALIDATION_URL carry it");
      return whole;
    }
    if (path.isPresent()) {
      reader.require("NEXT_PUBLIC_APP_URL", "CACHE_INVALIDATION_PATH is a path below it");
      reader.require("INTERNAL_API_KEY", "the calls of NEXT_PUBLIC_APP_URL carry it");
    }
    boolean key = reader.read("INTERNAL_API_KEY", text -> text).isPresent();
    return base.filter(url -> key)
        .map(url -> URI.create(url.toString().replaceFirst("/+$", "") + path.orElse(DEFAULT_PATH)));
  }

  private static URI web(String text) {
    return Address.web(text, Set.of("http", "https"));
  }
}
