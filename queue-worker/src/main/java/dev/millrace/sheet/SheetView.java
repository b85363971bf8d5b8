package dev.millrace.sheet;

import java.util.Optional;

/**
 * What of a workbook is read.
 *
 * @param tab the name of a worksheet, which may be hidden; empty: the first visible one
 * @param hiddenRows whether rows are read that are hidden, which a filter does as well
 */
public record SheetView(Optional<String> tab, boolean hiddenRows) {
  /** The first visible worksheet with its hidden rows. */
  public static final SheetView DEFAULT = new SheetView(Optional.empty(), true);
}
