package dev.millrace.sheet;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** A minimal XLSX, part by part, so that a test can put anything into it. */
final class XlsxFile {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final ZipOutputStream zip = new ZipOutputStream(bytes);

  static XlsxFile withSheet(String sheetData) throws IOException {
    return of(
        "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>"
            + sheetData
            + "</sheetData></worksheet>");
  }

  static XlsxFile of(String worksheet) throws IOException {
    return of(
        worksheet,
        "<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><si><t>shared</t></si></sst>");
  }

  static XlsxFile of(String worksheet, String texts) throws IOException {
    return new XlsxFile()
        .part(
            "[Content_Types].xml",
            """
            <Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
            <Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>
            <Override PartName="/xl/texts.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>
            </Types>""")
        .part(
            "xl/workbook.xml",
            """
            <workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">
            <sheets><sheet name="one" sheetId="1" r:id="r1"/></sheets></workbook>""")
        .part(
            "xl/_rels/workbook.xml.rels",
            """
            <Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
            <Relationship Id="r1" Target="data.bin"/>
            <Relationship Id="r2" Target="/xl/texts.xml" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"/>
            </Relationships>""")
        .part("xl/texts.xml", texts)
        .part("xl/data.bin", worksheet);
  }

  XlsxFile part(String name, String content) throws IOException {
    return part(name, content.getBytes(StandardCharsets.UTF_8));
  }

  XlsxFile part(String name, byte[] content) throws IOException {
    zip.putNextEntry(new ZipEntry(name));
    zip.write(content);
    zip.closeEntry();
    return this;
  }

  byte[] bytes() throws IOException {
    zip.close();
    return bytes.toByteArray();
  }
}
