package dev.millrace.sheet;

import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An XLSX file, of which one worksheet is read. */
final class XlsxFormat implements SheetFormat {
  private final ZipParts zip;
  private final SheetLimits limits;
  private final XlsxWorkbook workbook;
  private String tab = "";
  private XlsxReader.@Nullable Parts parts;

  XlsxFormat(SpoolFile file, SheetLimits limits) throws IOException {
    this.zip = new ZipParts(file, limits);
    this.limits = limits;
    this.workbook = XlsxWorkbook.read(zip);
  }

  @Override
  public String tab() {
    return tab;
  }

  @Override
  public void read(SheetView view, Sheet.RowReader reader) throws IOException {
    XlsxWorkbook.Tab worksheet = workbook.worksheet(zip, view.tab());
    tab = worksheet.name();
    XlsxReader.Parts known = parts;
    if (known == null) {
      known = new XlsxReader.Parts(texts(), styles(), workbook.dates());
      parts = known;
    }
    try (XmlScanner xml = new XmlScanner(zip.open(worksheet.part()))) {
      new XlsxReader(xml, known, view, limits.maxColumns()).rows(reader);
    }
  }

  private Optional<XlsxTexts> texts() throws IOException {
    if (!zip.has(workbook.texts())) {
      return Optional.empty();
    }
    try (XmlScanner xml = new XmlScanner(zip.open(workbook.texts()))) {
      return Optional.of(XlsxTexts.read(xml));
    }
  }

  private XlsxStyles styles() throws IOException {
    if (!zip.has(workbook.styles())) {
      return new XlsxStyles();
    }
    try (XmlScanner xml = new XmlScanner(zip.open(workbook.styles()))) {
      return XlsxStyles.read(xml);
    }
  }

  @Override
  public void close() {
    if (parts != null) {
      parts.texts().ifPresent(XlsxTexts::close);
    }
  }
}
