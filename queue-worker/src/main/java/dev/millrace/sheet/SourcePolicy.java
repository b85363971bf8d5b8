package dev.millrace.sheet;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Decides which URLs may be read. The authors of settings and master sheets choose URLs, and the
 * worker that follows them runs inside the operator's network: this policy limits what they can
 * reach.
 *
 * @param allowedSchemes some of {@code file}, {@code http}, {@code https}
 * @param allowPrivateHosts whether HTTP may go to loopback and private addresses; for a demo,
 *     tests, and sheets on internal servers. Metadata services and addresses that no server can
 *     have are always refused
 * @param fileRoots the directories whose files may be read, at any depth; none: no file
 */
public record SourcePolicy(
    Set<String> allowedSchemes, boolean allowPrivateHosts, List<Path> fileRoots) {
  private static final Set<String> KNOWN_SCHEMES = Set.of("file", "http", "https");

  /** HTTPS to public addresses and nothing else. */
  public static final SourcePolicy STRICT = new SourcePolicy(Set.of("https"), false, List.of());

  public SourcePolicy {
    if (!KNOWN_SCHEMES.containsAll(allowedSchemes)) {
      throw new IllegalArgumentException(
          "schemes must be of " + KNOWN_SCHEMES + ", were " + allowedSchemes);
    }
    allowedSchemes = Set.copyOf(allowedSchemes);
    fileRoots = fileRoots.stream().map(root -> root.toAbsolutePath().normalize()).toList();
  }

  /**
   * The policy of an operator who sets this master sheet: HTTP and HTTPS, and the files beside it
   * if it is a file. An internal master sheet (a file, or a host with private addresses only) may
   * name internal sheets; a public one may not. Names are resolved now, so this is to be called for
   * each read.
   */
  public static SourcePolicy trusting(URI masterSheet) {
    return trusting(masterSheet, Network.SYSTEM);
  }

  static SourcePolicy trusting(URI masterSheet, Network network) {
    boolean inTheHouse =
        "file".equals(scheme(masterSheet)) || isInTheHouse(masterSheet.getHost(), network);
    return new SourcePolicy(Set.of("http", "https"), inTheHouse, List.of()).withMaster(masterSheet);
  }

  private static boolean isInTheHouse(@Nullable String host, Network network) {
    try {
      return host != null
          && Stream.of(network.resolve(host))
              .allMatch(address -> PublicAddress.of(address) == PublicAddress.HOUSE);
    } catch (UnknownHostException e) {
      return false;
    }
  }

  /**
   * This policy with the directory of the master sheet as a root, if it is a file, so that supplier
   * sheets can be beside it. An HTTP master sheet adds nothing: it can name a file only under a
   * root of the settings.
   */
  public SourcePolicy withMaster(URI masterSheet) {
    if (!"file".equals(scheme(masterSheet))) {
      return this;
    }
    Path directory = localPath(masterSheet).toAbsolutePath().normalize().getParent();
    if (directory == null) {
      throw forbidden("the master sheet is not a file");
    }
    return new SourcePolicy(
        Stream.concat(allowedSchemes.stream(), Stream.of("file"))
            .collect(Collectors.toUnmodifiableSet()),
        allowPrivateHosts,
        Stream.concat(fileRoots.stream(), Stream.of(directory)).toList());
  }

  /**
   * Checks the text of a URL; addresses and links are checked when they are followed.
   *
   * @throws SheetException of type {@link SheetErrorType#FORBIDDEN_SOURCE}
   */
  public void check(URI url) {
    String scheme = scheme(url);
    if (!allowedSchemes.contains(scheme)) {
      throw forbidden(
          scheme.isEmpty()
              ? "not an absolute URL"
              : "URLs of scheme " + scheme + " are not allowed");
    }
    if (scheme.equals("file")) {
      requireUnderRoot(localPath(url).toAbsolutePath().normalize(), fileRoots);
    } else if (url.getHost() == null) {
      throw forbidden("the URL names no host");
    } else if (url.getRawUserInfo() != null) {
      throw forbidden("the URL of " + url.getHost() + " holds a user or password");
    }
  }

  /**
   * The real file behind a {@code file:} URL, links resolved, checked to be under a root.
   *
   * @throws SheetException also of type {@link SheetErrorType#NOT_FOUND}
   */
  public Path file(URI url) {
    check(url);
    try {
      Path real = localPath(url).toRealPath();
      requireUnderRoot(real, fileRoots.stream().map(SourcePolicy::realOrSame).toList());
      return real;
    } catch (IOException e) {
      throw new SheetException(SheetErrorType.NOT_FOUND, "there is no such file", e);
    }
  }

  /**
   * Checks the address of a connection before it is made.
   *
   * @throws SheetException of type {@link SheetErrorType#FORBIDDEN_SOURCE}
   */
  public void checkAddress(String host, InetAddress address) {
    switch (PublicAddress.of(address)) {
      case PUBLIC -> {}
      case HOUSE -> {
        if (!allowPrivateHosts) {
          throw forbidden(host + " has an address that is not public");
        }
      }
      case NEVER -> throw forbidden(host + " has an address that no server of sheets can have");
    }
  }

  private static void requireUnderRoot(Path path, List<Path> roots) {
    if (roots.stream().noneMatch(path::startsWith)) {
      throw forbidden("the file is outside of the directories that may be read");
    }
  }

  private static Path realOrSame(Path root) {
    try {
      return root.toRealPath();
    } catch (IOException e) {
      return root;
    }
  }

  private static Path localPath(URI url) {
    if (url.isOpaque() || (url.getRawAuthority() != null && !url.getRawAuthority().isEmpty())) {
      throw forbidden("a file URL must be file:/absolute/path");
    }
    try {
      return Path.of(url);
    } catch (IllegalArgumentException | FileSystemNotFoundException e) {
      throw new SheetException(
          SheetErrorType.FORBIDDEN_SOURCE, "a file URL must be file:/absolute/path", e);
    }
  }

  private static String scheme(URI url) {
    return url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
  }

  private static SheetException forbidden(String message) {
    return new SheetException(SheetErrorType.FORBIDDEN_SOURCE, message);
  }
}
