package dev.millrace.sheet;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** CSV and XLSX files on this machine that the policy allows. */
public final class FileSheetSource implements SheetSource {
  private final SourcePolicy policy;
  private final SheetLimits limits;

  FileSheetSource(SourcePolicy policy, SheetLimits limits) {
    this.policy = policy;
    this.limits = limits;
  }

  @Override
  public boolean accepts(URI url) {
    return "file".equalsIgnoreCase(url.getScheme());
  }

  /** The content is copied, so that it stays the same while the sheet is read twice. */
  @Override
  public Optional<Sheet> fetch(URI url, Optional<SheetVersion> known) {
    Path file = policy.file(url);
    if (!Files.isRegularFile(file)) {
      throw new SheetException(SheetErrorType.NOT_FOUND, "there is no such file");
    }
    try (InputStream in = Files.newInputStream(file)) {
      SpoolFile spool = SpoolFile.receive(in, limits.maxBytes(), "the sheet");
      SheetVersion version = new SheetVersion(spool.sha256(), null, null);
      return Optional.of(new SheetContent(spool, "", url.getPath()).open(version, limits));
    } catch (IOException e) {
      throw new SheetException(SheetErrorType.UNREACHABLE, "the file cannot be read", e);
    }
  }
}
