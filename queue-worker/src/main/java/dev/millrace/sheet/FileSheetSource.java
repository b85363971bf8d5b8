package dev.millrace.sheet;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;

/** CSV and XLSX files on this machine, where the policy allows them. */
public final class FileSheetSource implements SheetSource {
  private final SourcePolicy policy;
  private final SheetLimits limits;

  public FileSheetSource(SourcePolicy policy, SheetLimits limits) {
    this.policy = policy;
    this.limits = limits;
  }

  @Override
  public boolean accepts(URI url) {
    return "file".equalsIgnoreCase(url.getScheme());
  }

  @Override
  public SheetTable read(URI url) {
    Path file = policy.file(url);
    if (!Files.isRegularFile(file)) {
      throw new SheetException(SheetErrorType.NOT_FOUND, "there is no such file");
    }
    try (InputStream in = Files.newInputStream(file)) {
      return new SheetContent(SheetContent.readAll(in, limits), "", url.getPath()).parse(limits);
    } catch (IOException e) {
      throw new SheetException(SheetErrorType.UNREACHABLE, "the file cannot be read", e);
    }
  }
}
