package dev.millrace.demo;

import java.net.URI;

/**
 * A supplier of the demo's master sheet and what a correct reader finds at it.
 *
 * @param code as the master sheet has it, lower case
 * @param items rows that become items
 * @param badRows rows that cannot become an item
 * @param duplicateRows rows that repeat the SKU of an earlier item
 */
public record DemoSupplier(
    String code,
    String name,
    URI sheetUrl,
    Outcome outcome,
    int items,
    int badRows,
    int duplicateRows) {
  /** What becomes of the whole sheet. */
  public enum Outcome {
    /** Read; it has {@link DemoSupplier#items}. */
    SUCCESS,
    /** Nothing listens at its address. */
    UNREACHABLE,
    /** A sheet about something else. */
    MISSING_COLUMNS,
    /** Switched off in the master sheet, so not to be read. */
    DISABLED
  }
}
