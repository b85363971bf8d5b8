package dev.millrace.sync.job;

import dev.millrace.sheet.SheetErrorType;
import dev.millrace.sheet.supplier.RowProblem;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A new row of {@code parsing_logs}.
 *
 * @param row of the sheet, from 1; 0: the sheet as a whole
 * @param rowsLeftOut how many rows were left out; in the row about the sheet as a whole
 * @param problem of the row; null: the sheet as a whole
 */
record LogLine(
    SheetErrorType type, String message, int row, int rowsLeftOut, @Nullable RowProblem problem) {
  static LogLine of(SheetErrorType type, String message) {
    return new LogLine(type, message, 0, 0, null);
  }

  /** The first problems of a sheet's rows, then the outcome of the sheet as a whole. */
  static List<LogLine> of(List<RowProblem> problems, SheetErrorType outcome, String summary) {
    List<LogLine> lines = new ArrayList<>();
    problems.stream()
        .limit(SyncStore.MOST_ROWS)
        .forEach(
            problem ->
                lines.add(
                    new LogLine(problem.type(), problem.reason(), problem.row(), 0, problem)));
    lines.add(new LogLine(outcome, summary, 0, problems.size(), null));
    return lines;
  }

  @Nullable String column() {
    return problem == null ? null : problem.column();
  }

  @Nullable String value() {
    return problem == null ? null : problem.value();
  }

  @Nullable String code() {
    return problem == null ? null : problem.code().name();
  }
}
