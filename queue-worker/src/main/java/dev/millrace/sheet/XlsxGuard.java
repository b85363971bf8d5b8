package dev.millrace.sheet;

import com.fasterxml.aalto.stax.InputFactoryImpl;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Collections;
import java.util.regex.Pattern;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * Measures an XLSX file before the library reads it, because the library believes what a file says.
 * Every part is unpacked once and counted, nothing is kept. The zip code and the XML parser are the
 * library's own, so that both see the same file.
 *
 * <ul>
 *   <li>Parts, unpacked bytes in all, and unpacked per packed bytes are bounded: the zip bomb.
 *   <li>A cell may not stand right of column ZZZ: the library allots all columns up to it.
 *   <li>A cell may not ask for a shared text beyond those there are: the library would append empty
 *       ones up to it.
 * </ul>
 */
final class XlsxGuard {
  private static final int MAX_PARTS = 1_000;
  private static final int MAX_UNPACKED_TO_LIMIT = 5;
  private static final int MAX_RATIO = 100;

  /** Below this a high ratio is harmless, and usual for small parts. */
  private static final long RATIO_COUNTS_FROM = 1_000_000;

  private static final int XML_START = 64;
  private static final Pattern CELL = Pattern.compile("[A-Za-z]{1,3}\\d{1,7}");

  private final XMLInputFactory parsers = new InputFactoryImpl();
  private final long maxUnpacked;
  private long unpacked;
  private long sharedTexts;
  private long highestSharedText = -1;

  private XlsxGuard(SheetLimits limits) {
    maxUnpacked = (long) limits.maxBytes() * MAX_UNPACKED_TO_LIMIT;
    parsers.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    parsers.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
  }

  static void check(byte[] bytes, SheetLimits limits) {
    try (ZipFile zip = ZipFile.builder().setByteArray(bytes).get()) {
      new XlsxGuard(limits).check(zip);
    } catch (SheetException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // a broken archive is met with any exception it happens to lead to
      throw new SheetException(SheetErrorType.NOT_A_SHEET, "the XLSX file is broken", e);
    }
  }

  private void check(ZipFile zip) throws IOException {
    int parts = 0;
    for (ZipArchiveEntry part : Collections.list(zip.getEntries())) {
      if (++parts > MAX_PARTS) {
        throw bomb("more than " + MAX_PARTS + " parts");
      }
      try (InputStream in =
          new BufferedInputStream(
              new Counting(zip.getInputStream(part), part.getCompressedSize()))) {
        if (mayBeXml(in)) {
          scan(in);
        }
        in.transferTo(OutputStream.nullOutputStream());
      }
    }
    if (highestSharedText >= sharedTexts) {
      throw broken("it uses a text it does not hold");
    }
  }

  /** By content, since a file calls its parts as it likes. True of every encoding of XML. */
  private static boolean mayBeXml(InputStream in) throws IOException {
    in.mark(XML_START);
    byte[] start = in.readNBytes(XML_START);
    in.reset();
    for (byte b : start) {
      boolean markOrBlank = b <= ' '; // negative: a byte order mark
      if (!markOrBlank) {
        return b == '<';
      }
    }
    return true;
  }

  private void scan(InputStream in) {
    try {
      XMLStreamReader xml = parsers.createXMLStreamReader(in);
      boolean sharedText = false;
      while (xml.hasNext()) {
        if (xml.next() == XMLStreamReader.START_ELEMENT) {
          switch (xml.getLocalName()) {
            case "si" -> sharedTexts++;
            case "c" -> {
              checkAddress(xml.getAttributeValue(null, "r"));
              sharedText = "s".equals(xml.getAttributeValue(null, "t"));
            }
            case "v" -> {
              if (sharedText) {
                noteSharedText(xml);
              }
            }
            default -> {}
          }
        }
      }
    } catch (XMLStreamException e) {
      // not XML from here on, which the library will find as well if it comes this far; and some
      // parts it never opens are not XML in any well-formed file
    }
  }

  private static void checkAddress(@Nullable String address) {
    if (address != null && !CELL.matcher(address).matches()) {
      throw broken("a cell lies outside of the sheet");
    }
  }

  private void noteSharedText(XMLStreamReader xml) {
    try {
      String index = xml.getElementText();
      if (!index.isEmpty()) {
        highestSharedText = Math.max(highestSharedText, Integer.parseInt(index));
      }
    } catch (XMLStreamException | NumberFormatException e) {
      throw broken("a cell without a readable value");
    }
  }

  private static SheetException bomb(String size) {
    return new SheetException(SheetErrorType.TOO_LARGE, "the XLSX file unpacks to " + size);
  }

  private static SheetException broken(String how) {
    return SheetContent.notASheet("the XLSX file is broken: " + how);
  }

  /** Counts what one part unpacks to and stops it. */
  private final class Counting extends FilterInputStream {
    private final long packed;
    private long unpackedHere;

    Counting(InputStream in, long packed) {
      super(in);
      this.packed = packed;
    }

    @Override
    public int read() throws IOException {
      int b = super.read();
      count(b < 0 ? 0 : 1);
      return b;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int read = super.read(buffer, offset, length);
      count(Math.max(read, 0));
      return read;
    }

    private void count(int bytes) {
      unpacked += bytes;
      unpackedHere += bytes;
      if (unpacked > maxUnpacked) {
        throw bomb("more than " + maxUnpacked + " bytes");
      }
      if (unpackedHere > RATIO_COUNTS_FROM && unpackedHere / MAX_RATIO > packed) {
        throw bomb("more than " + MAX_RATIO + " times its size");
      }
    }
  }
}
