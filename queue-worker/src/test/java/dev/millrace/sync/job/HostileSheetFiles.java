package dev.millrace.sync.job;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Sheets that try to use too much memory or time. Workbooks are stored without compression, so that
 * no ratio reveals them; each stays below the limit of bytes.
 */
final class HostileSheetFiles {
  private static final int BYTES = 12_000_000;

  /** Writes one sheet. */
  @FunctionalInterface
  interface Writer {
    void write(OutputStream out) throws IOException;
  }

  private final Map<String, Writer> sheets = new LinkedHashMap<>();

  /** The sheets by file name, each written on demand. */
  static Map<String, Writer> all() {
    HostileSheetFiles all = new HostileSheetFiles();
    all.markup();
    all.cells();
    all.parts();
    all.archives();
    all.csv();
    return all.sheets;
  }

  static void write(Path file, Writer writer) throws IOException {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
      writer.write(out);
    }
  }

  private void markup() {
    data("deep", repeat("<a>"));
    data("long-attribute", between("<c r=\"", "1234567890", "\"/>"));
    data("many-attributes", between("<c", " a=\"b\"", "/>"));
    data("numbered-attributes", numbered("<c", " a%d=\"b\"", "/>"));
    data("long-name", between("<c", "ccccccccccc", "/>"));
    data("many-names", numbered("", "<c%d/>", ""));
    data("long-comment", between("<!--", "comment ", "-->"));
    data("long-instruction", between("<?x ", "instruction ", "?>"));
    data(
        "long-section",
        between("<row><c t=\"inlineStr\"><is><t><![CDATA[", "text ", "]]></t></is></c></row>"));
    data("many-comments", repeat("<!---->"));
    data("open-tag", between("<row ", "          ", ""));
    data("blanks-in-a-tag", between("<row", "          ", "/>"));
    data("entities", between("<row><c><v>", "&#49;", "</v></c></row>"));
    data("unknown-entity", between("", "", "<row><c><v>&lol;</v></c></row>"));
    data("forbidden-characters", between("", "", "<row><c><v>&#0;&#xFFFFFFFF;</v></c></row>"));
    data("mismatched", repeat("<row></c>"));
    part(
        "laughs",
        "xl/one.xml",
        out ->
            text(
                out,
                "<!DOCTYPE a [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c SYSTEM \"file:///etc/passwd\">]><worksheet>&b;&c;</worksheet>"));
  }

  private void cells() {
    data(
        "long-text",
        between("<row><c t=\"inlineStr\"><is><t>", "long text ", "</t></is></c></row>"));
    data(
        "many-runs",
        between("<row><c t=\"inlineStr\"><is>", "<r><t>ab</t></r>", "</is></c></row>"));
    data(
        "many-guides",
        between("<row><c t=\"inlineStr\"><is>", "<rPh><t>ab</t></rPh>", "</is></c></row>"));
    data("long-value", between("<row><c><v>", "1234567890", "</v></c></row>"));
    data(
        "large-exponent", repeat("<row><c><v>1E999999999</v></c><c><v>1E-999999999</v></c></row>"));
    data("large-exponents-as-texts", repeat("<row><c t=\"str\"><v>1E999999999</v></c></row>"));
    data("many-cells", between("<row>", "<c><v>1</v></c>", "</row>"));
    data("many-blank-cells", between("<row>", "<c/>", "</row>"));
    data("many-blank-rows", repeat("<row/>"));
    data("wide-rows", repeat("<row>" + "<c><v>7</v></c>".repeat(499) + "</row>"));
    data("distinct-cells", numbered("", "<row><c><v>%d</v></c><c><v>0.%<d</v></c></row>", ""));
    data(
        "distinct-texts",
        numbered("", "<row><c t=\"inlineStr\"><is><t>text number %d</t></is></c></row>", ""));
    data("last-column", numbered("", "<row><c r=\"XFD1\"><v>%d</v></c></row>", ""));
    data("blank-last-column", repeat("<row><c r=\"XFD1\"/></row>"));
    data("no-such-column", between("", "", "<row><c r=\"ZZZZZZ1\"><v>1</v></c></row>"));
    data("no-such-row", between("", "", "<row r=\"99999999999\"><c><v>1</v></c></row>"));
    data("last-row", between("", "", "<row r=\"1048576\"><c><v>1</v></c></row>"));
    data(
        "merged",
        out ->
            text(
                out,
                "<dimension ref=\"A1:XFD1048576\"/>"
                    + "<mergeCell ref=\"A1:XFD1\"/>".repeat(300_000)));
    part("long-names", "xl/one.xml", HostileSheetFiles::longNames);
  }

  private void parts() {
    part(
        "many-shared-texts", "xl/texts.xml", numberedPart("<sst>", "<si><t>%d</t></si>", "</sst>"));
    part("blank-shared-texts", "xl/texts.xml", betweenPart("<sst>", "<si/>", "</sst>"));
    part(
        "long-shared-text",
        "xl/texts.xml",
        betweenPart("<sst><si><t>", "0123456789", "</t></si></sst>"));
    part(
        "many-styles",
        "xl/styles.xml",
        betweenPart("<styleSheet><cellXfs>", "<xf numFmtId=\"1\"/>", "</cellXfs></styleSheet>"));
    part(
        "many-formats",
        "xl/styles.xml",
        numberedPart(
            "<styleSheet><numFmts>",
            "<numFmt numFmtId=\"%d\" formatCode=\"0\"/>",
            "</numFmts></styleSheet>"));
    part(
        "long-format",
        "xl/styles.xml",
        betweenPart(
            "<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"",
            "0",
            "\"/></numFmts></styleSheet>"));
    part(
        "many-tabs",
        "xl/workbook.xml",
        numberedPart(
            "<workbook><sheets>", "<sheet name=\"s%d\" r:id=\"r9\"/>", "</sheets></workbook>"));
    part(
        "many-relations",
        "xl/_rels/workbook.xml.rels",
        numberedPart(
            "<Relationships>",
            "<Relationship Id=\"r%d\" Target=\"one.xml\"/>",
            "</Relationships>"));
  }

  private void archives() {
    sheets.put(
        "many-parts.xlsx",
        out -> {
          ZipOutputStream zip = new ZipOutputStream(out);
          for (int i = 0; i < 60_000; i++) {
            zip.putNextEntry(new ZipEntry("part" + i));
          }
          zip.finish();
        });
    sheets.put(
        "bomb.xlsx",
        out -> {
          ZipOutputStream zip = new ZipOutputStream(out);
          zip.putNextEntry(new ZipEntry("xl/workbook.xml"));
          byte[] zeros = new byte[1 << 20];
          for (int i = 0; i < 512; i++) {
            zip.write(zeros);
          }
          zip.finish();
        });
    sheets.put("cut-off.xlsx", out -> out.write(new byte[] {'P', 'K', 3, 4, 20, 0, 0, 0}));
    sheets.put(
        "no-directory.xlsx",
        out -> {
          out.write(new byte[] {'P', 'K', 3, 4});
          byte[] noise = new byte[BYTES];
          new Random(7).nextBytes(noise);
          out.write(noise);
        });
  }

  private void csv() {
    sheets.put("one-line.csv", repeat("no separator here "));
    sheets.put("separators.csv", repeat(",,,,,,,,,,"));
    sheets.put("quotes.csv", repeat("\""));
    sheets.put("stray-quotes.csv", repeat("A,\"open,1\n"));
    sheets.put("open-quote.csv", between("SKU,Name,Price\nA,\"", "no end\n", ""));
    sheets.put("many-rows.csv", numbered("SKU,Name,Price\n", "S-%d,a,1\n", ""));
    sheets.put("many-columns.csv", repeat("a,".repeat(600) + "\n"));
    sheets.put("broken-unicode.csv", out -> noise(out, (byte) 0xed));
    sheets.put("noise.csv", out -> noise(out, (byte) 0));
    sheets.put("blank-lines.csv", repeat("\n"));
    sheets.put("headers.csv", between("", "SKU,Name,Price\n", ""));
  }

  private static void noise(OutputStream out, byte often) throws IOException {
    byte[] noise = new byte[BYTES];
    new Random(11).nextBytes(noise);
    for (int i = 0; i < noise.length; i += 3) {
      noise[i] = often;
    }
    out.write(noise);
  }

  /** The maximum of rows, each with the longest name, which is in the file once. */
  private static void longNames(OutputStream out) throws IOException {
    text(
        out,
        "<worksheet><sheetData><row><c t=\"s\"><v>1</v></c><c t=\"s\"><v>2</v></c><c t=\"s\"><v>3</v></c></row>");
    for (int i = 0; i < 99_999; i++) {
      text(
          out,
          "<row><c t=\"str\"><v>S"
              + i
              + "</v></c><c t=\"s\"><v>0</v></c><c><v>"
              + i
              + "</v></c></row>");
    }
    text(out, "</sheetData></worksheet>");
  }

  private void data(String name, Writer rows) {
    part(
        name,
        "xl/one.xml",
        out -> {
          text(out, "<worksheet><sheetData>");
          rows.write(out);
          text(out, "</sheetData></worksheet>");
        });
  }

  /** A workbook with one changed part. */
  private void part(String name, String part, Writer content) {
    Map<String, Writer> parts = new LinkedHashMap<>();
    parts.put(
        "xl/workbook.xml",
        out -> text(out, "<workbook><sheets><sheet name='s' r:id='r1'/></sheets></workbook>"));
    parts.put(
        "xl/_rels/workbook.xml.rels",
        out ->
            text(
                out,
                "<Relationships><Relationship Id='r1' Target='one.xml'/><Relationship Id='r2' Type='x/sharedStrings' Target='texts.xml'/><Relationship Id='r3' Type='x/styles' Target='styles.xml'/></Relationships>"));
    parts.put(
        "xl/one.xml",
        out ->
            text(out, "<worksheet><sheetData><row><c><v>1</v></c></row></sheetData></worksheet>"));
    parts.put(
        "xl/texts.xml",
        out ->
            text(
                out,
                "<sst><si><t>"
                    + "n".repeat(1_000)
                    + "</t></si><si><t>SKU</t></si><si><t>Name</t></si><si><t>Price</t></si></sst>"));
    parts.put(part, content);
    sheets.put(
        name + ".xlsx",
        out -> {
          ZipOutputStream zip = new ZipOutputStream(out);
          zip.setLevel(0);
          for (Map.Entry<String, Writer> entry : parts.entrySet()) {
            zip.putNextEntry(new ZipEntry(entry.getKey()));
            entry.getValue().write(zip);
            zip.closeEntry();
          }
          zip.finish();
        });
  }

  private static Writer repeat(String piece) {
    return between("", piece, "");
  }

  private static Writer betweenPart(String before, String piece, String behind) {
    return between(before, piece, behind);
  }

  private static Writer numberedPart(String before, String piece, String behind) {
    return numbered(before, piece, behind);
  }

  /** Repeats the piece; writes nothing if it is empty. */
  private static Writer between(String before, String piece, String behind) {
    return out -> {
      text(out, before);
      byte[] bytes = piece.getBytes(StandardCharsets.UTF_8);
      for (int written = 0; bytes.length > 0 && written < BYTES; written += bytes.length) {
        out.write(bytes);
      }
      text(out, behind);
    };
  }

  private static Writer numbered(String before, String piece, String behind) {
    return out -> {
      text(out, before);
      int written = 0;
      for (int i = 0; written < BYTES; i++) {
        byte[] bytes = piece.formatted(i).getBytes(StandardCharsets.UTF_8);
        out.write(bytes);
        written += bytes.length;
      }
      text(out, behind);
    };
  }

  private static void text(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
  }
}
