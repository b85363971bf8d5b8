package dev.millrace.sheet;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;

/** CSV and XLSX files on this machine that the policy allows. */
public final class FileSheetSource implements SheetSource {
  private final SourcePolicy policy;
  private final SheetMemory memory;
  private final SheetLimits limits;

  FileSheetSource(SourcePolicy policy, SheetMemory memory, SheetLimits limits) {
    this.policy = policy;
    this.memory = memory;
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
      byte[] bytes = SheetContent.readAll(in, memory, limits);
      return new SheetContent(bytes, "", url.getPath()).parse(memory, limits);
    } catch (IOException e) {
      throw new SheetException(SheetErrorType.UNREACHABLE, "the file cannot be read", e);
    }
  }
}
