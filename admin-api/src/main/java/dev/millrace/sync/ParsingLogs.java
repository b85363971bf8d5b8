package dev.millrace.sync;

import dev.millrace.db.Sql;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;

/** Reads {@code parsing_logs} page by page, newest first. Thread-safe. */
public final class ParsingLogs {
  private static final String PAGE = Sql.of(ParsingLogs.class, "page");

  /** The most rows that are read for a page of one type of error. */
  static final int SCAN_LIMIT = 5_000;

  private final Jdbi jdbi;

  public ParsingLogs(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /**
   * Which rows a list holds; an empty field does not narrow it.
   *
   * @param supplier an id, or {@code master}: the rows of the master sheet
   * @param from the first moment
   * @param until the first moment after the last
   */
  public record Filter(
      Optional<String> supplier,
      Optional<String> type,
      Optional<Instant> from,
      Optional<Instant> until) {
    /** What {@link #supplier} is for the master sheet. */
    public static final String MASTER = "master";
  }

  /** A place in the list: behind the row with this time and id. */
  public record Place(Instant createdAt, String id) {
    /** Also what a cursor holds. */
    public String text() {
      return Long.toString(ChronoUnit.MICROS.between(Instant.EPOCH, createdAt), 36) + " " + id;
    }

    /**
     * The place of a text.
     *
     * @throws IllegalArgumentException at a text that is no place
     */
    public static Place parse(String text) {
      int space = text.indexOf(' ');
      if (space < 0 || text.indexOf('\0') >= 0) {
        throw new IllegalArgumentException("no place in a log: " + text);
      }
      long micros = Long.parseLong(text.substring(0, space), 36);
      return new Place(Instant.EPOCH.plus(micros, ChronoUnit.MICROS), text.substring(space + 1));
    }
  }

  /**
   * A row.
   *
   * @param supplierId null: it concerns the master sheet
   * @param rowNumber of the sheet, from 1; null: it concerns the whole sheet
   * @param rowsLeftOut of a row about the whole sheet; null: another program wrote it, or it is
   *     about one row
   * @param taskId the job that wrote it
   * @param cell null: it is about no single cell
   */
  public record Entry(
      String id,
      Instant createdAt,
      @Nullable String supplierId,
      @Nullable String supplierName,
      String errorType,
      String message,
      @Nullable Integer rowNumber,
      @Nullable Integer rowsLeftOut,
      @Nullable String taskId,
      @Nullable Cell cell) {}

  /**
   * What a row of a sheet has that cannot be read.
   *
   * @param sheetTab the worksheet; null: the sheet has no tabs
   * @param value cut, with control characters made visible
   * @param code what is wrong with it, for programs
   */
  public record Cell(
      @Nullable String sheetTab,
      @Nullable String column,
      @Nullable String value,
      @Nullable String code) {}

  /** A row that was read, of the type that was asked for or not. */
  record Read(
      String id,
      Instant createdAt,
      boolean wanted,
      @Nullable String supplierId,
      @Nullable String supplierName,
      String errorType,
      @Nullable String message,
      @Nullable Integer rowNumber,
      @Nullable Integer rowsLeftOut,
      @Nullable String taskId,
      @Nullable String sheetTab,
      @Nullable String columnName,
      @Nullable String cellValue,
      @Nullable String code) {
    Place place() {
      return new Place(createdAt, id);
    }

    Entry entry() {
      return new Entry(
          id,
          createdAt,
          supplierId,
          supplierName,
          errorType,
          message == null ? "" : message,
          rowNumber,
          rowsLeftOut,
          taskId,
          cell());
    }

    private @Nullable Cell cell() {
      return sheetTab == null && columnName == null && cellValue == null && code == null
          ? null
          : new Cell(sheetTab, columnName, cellValue, code);
    }
  }

  /**
   * A part of the list. It may hold fewer rows than were asked for, or none, while the list goes
   * on.
   *
   * @param next empty: this is its end
   */
  public record Page(List<Entry> entries, Optional<Place> next) {
    public Page {
      entries = List.copyOf(entries);
    }
  }

  /** The rows behind a place that pass a filter. */
  public Page page(Filter filter, Optional<Place> after, int most) {
    int look = filter.type().isPresent() ? SCAN_LIMIT : most + 1;
    List<Read> rows = read(filter, after, look);
    List<Entry> entries = new ArrayList<>();
    for (Read row : rows) {
      if (row.wanted()) {
        if (entries.size() == most) {
          Entry last = entries.get(most - 1);
          return new Page(entries, Optional.of(new Place(last.createdAt(), last.id())));
        }
        entries.add(row.entry());
      }
    }
    return new Page(
        entries, rows.size() == look ? Optional.of(rows.get(look - 1).place()) : Optional.empty());
  }

  private List<Read> read(Filter filter, Optional<Place> after, int look) {
    List<String> conditions = new ArrayList<>(List.of("true"));
    Map<String, Object> values = new LinkedHashMap<>();
    filter
        .supplier()
        .ifPresent(
            supplier -> {
              if (supplier.equals(Filter.MASTER)) {
                conditions.add("supplier_id IS NULL");
              } else {
                conditions.add(
                    "supplier_id = (SELECT id FROM millrace.sync_suppliers WHERE id::text = :supplier)");
                values.put("supplier", supplier);
              }
            });
    filter.from().ifPresent(from -> time(conditions, values, "created_at >= :from", "from", from));
    filter
        .until()
        .ifPresent(until -> time(conditions, values, "created_at < :until", "until", until));
    after.ifPresent(
        place -> {
          time(
              conditions,
              values,
              "created_at <= :at AND (created_at < :at OR id::text < :id)",
              "at",
              place.createdAt());
          values.put("id", place.id());
        });
    filter.type().ifPresent(type -> values.put("type", type));
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(PAGE)
                .define("filter", String.join(" AND ", conditions))
                .define("type", filter.type().isPresent() ? "error_type::text = :type" : "true")
                .bind("look", look)
                .bindMap(values)
                .map(ConstructorMapper.of(Read.class))
                .list());
  }

  private static void time(
      List<String> conditions,
      Map<String, Object> values,
      String condition,
      String name,
      Instant time) {
    conditions.add(condition);
    values.put(name, time.atOffset(ZoneOffset.UTC));
  }
}
