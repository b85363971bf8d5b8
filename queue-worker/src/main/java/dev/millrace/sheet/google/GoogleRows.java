package dev.millrace.sheet.google;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.sheet.DateSystem;
import dev.millrace.sheet.NumberFormat;
import dev.millrace.sheet.Sheet;
import dev.millrace.sheet.SheetCell;
import dev.millrace.sheet.SheetErrorType;
import dev.millrace.sheet.SheetException;
import dev.millrace.sheet.SheetLimits;
import dev.millrace.sheet.SheetRow;
import dev.millrace.sheet.SheetVersion;
import dev.millrace.sheet.SheetView;
import dev.millrace.sheet.SpoolFile;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rows of a tab: its values and its number formats, read side by side from two spools. */
final class GoogleRows implements Sheet {
  private static final MathContext DIGITS = new MathContext(15, RoundingMode.HALF_EVEN);
  private static final int MOST_ZEROS = 30;
  private static final Set<String> ERRORS =
      Set.of(
          "#NULL!",
          "#DIV/0!",
          "#VALUE!",
          "#REF!",
          "#NAME?",
          "#NUM!",
          "#N/A",
          "#ERROR!",
          "Loading...");

  private final GoogleTab tab;
  private final SpoolFile values;
  private final SpoolFile formats;
  private final SheetLimits limits;
  private final SheetVersion version;

  private GoogleRows(GoogleTab tab, SpoolFile values, SpoolFile formats, SheetLimits limits) {
    this.tab = tab;
    this.values = values;
    this.formats = formats;
    this.limits = limits;
    this.version = new SheetVersion(digest(tab, values, formats), null, null);
  }

  /**
   * Checks that both answers are complete.
   *
   * @param formats closed, as {@code values} is, when the rows are closed
   */
  static GoogleRows open(GoogleTab tab, SpoolFile values, SpoolFile formats, SheetLimits limits) {
    try (AnswerRows rows = AnswerRows.values(values)) {
      rows.finish();
      return new GoogleRows(tab, values, formats, limits);
    } catch (IOException e) {
      values.close();
      throw broken(e);
    } catch (RuntimeException | Error e) {
      values.close();
      throw e;
    }
  }

  private static String digest(GoogleTab tab, SpoolFile values, SpoolFile formats) {
    try {
      String all = tab.id() + "\n" + tab.title() + "\n" + values.sha256() + formats.sha256();
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(all.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }

  @Override
  public SheetVersion version() {
    return version;
  }

  @Override
  public String tab() {
    return tab.title();
  }

  @Override
  public void read(SheetView view, RowReader reader) {
    checkTab(view);
    try (AnswerRows rows = AnswerRows.values(values);
        AnswerRows shown = AnswerRows.formats(formats, tab.index());
        AnswerRows metadata = AnswerRows.metadata(formats, tab.index())) {
      int number = 0;
      int filled = 0;
      long cells = 0;
      for (JsonNode row = rows.next(); row != null; row = rows.next()) {
        SheetException.ifInterrupted();
        SheetRow read = new SheetRow(++number, cells(row, shown.next()));
        boolean hidden = isHidden(metadata.next());
        if (read.isBlank() || (hidden && !view.hiddenRows())) {
          continue;
        }
        cells += read.cells().size();
        check(read, ++filled, cells);
        reader.row(read);
      }
    } catch (IOException e) {
      throw broken(e);
    }
  }

  /** One tab is fetched, which the address names; a mapping can only name the same. */
  private void checkTab(SheetView view) {
    if (view.tab().isPresent() && !view.tab().get().equals(tab.title())) {
      throw new SheetException(
          SheetErrorType.NOT_FOUND,
          "the address of the Google sheet is that of another tab than the mapping names; give the address of that tab, with its gid=");
    }
  }

  private static boolean isHidden(@Nullable JsonNode metadata) {
    return metadata != null
        && (metadata.path("hiddenByUser").asBoolean()
            || metadata.path("hiddenByFilter").asBoolean());
  }

  private void check(SheetRow row, int rows, long cells) {
    if (row.cells().size() > limits.maxColumns()) {
      throw tooLarge("row " + row.number() + " has more than " + limits.maxColumns() + " columns");
    } else if (rows > limits.maxRows()) {
      throw tooLarge("the sheet has more than " + limits.maxRows() + " rows");
    } else if (cells > SheetLimits.MAX_CELLS) {
      throw tooLarge("the sheet has more than " + SheetLimits.MAX_CELLS + " cells");
    }
  }

  private static List<SheetCell> cells(JsonNode row, @Nullable JsonNode formats) {
    List<SheetCell> cells = new ArrayList<>(row.size());
    for (int column = 0; column < row.size(); column++) {
      JsonNode value = row.get(column);
      if (value.isNumber()) {
        JsonNode cell = formats == null ? value : formats.path("values").path(column);
        JsonNode format = cell.path("effectiveFormat").path("numberFormat");
        cells.add(number(value.decimalValue(), format));
      } else {
        String text = value.isNull() ? "" : value.asText();
        boolean error = value.isTextual() && ERRORS.contains(text);
        cells.add(error ? new SheetCell(text, SheetCell.Kind.ERROR, text) : SheetCell.text(text));
      }
    }
    return cells;
  }

  private static SheetCell number(BigDecimal sent, JsonNode format) {
    BigDecimal number = sent.round(DIGITS).stripTrailingZeros();
    if (Math.abs((long) number.scale()) > MOST_ZEROS) {
      String text = number.toString();
      return new SheetCell(text, SheetCell.Kind.ERROR, text); // 1e300 would have 300 digits
    }
    String pattern = format.path("pattern").asText("");
    return NumberFormat.of(pattern.isEmpty() ? pattern(format.path("type").asText("")) : pattern)
        .cell(number, DateSystem.FROM_1899);
  }

  /** The pattern of a format that names its type only; the locale's order matters to nothing. */
  private static String pattern(String type) {
    return switch (type) {
      case "DATE" -> "yyyy-mm-dd";
      case "TIME" -> "hh:mm:ss";
      case "DATE_TIME" -> "yyyy-mm-dd hh:mm:ss";
      case "PERCENT" -> "0.00%";
      default -> "General";
    };
  }

  private static SheetException tooLarge(String message) {
    return new SheetException(SheetErrorType.TOO_LARGE, message);
  }

  static SheetException broken(IOException e) {
    return new SheetException(
        SheetErrorType.UNREACHABLE, "the answer of Google's API is not complete JSON", e);
  }

  @Override
  public void close() {
    values.close();
    formats.close();
  }
}
