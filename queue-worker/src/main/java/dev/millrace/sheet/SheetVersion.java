package dev.millrace.sheet;

import org.jspecify.annotations.Nullable;

/**
 * The state of a sheet at its source.
 *
 * @param sha256 of its content, in hexadecimal; equal content has an equal value
 * @param etag a text of {@link Validators} to be kept as it is; null if the server sent no ETag
 * @param lastModified likewise; null if the server sent no Last-Modified that is certain
 */
public record SheetVersion(String sha256, @Nullable String etag, @Nullable String lastModified) {
  public SheetVersion {
    if (!sha256.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException("not a SHA-256 in hexadecimal: " + sha256);
    }
  }

  /** Whether the content is that of another state, whatever the server calls either. */
  public boolean hasContentOf(SheetVersion other) {
    return sha256.equals(other.sha256);
  }
}
