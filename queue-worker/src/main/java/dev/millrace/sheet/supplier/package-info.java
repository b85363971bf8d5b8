/**
 * The meaning of the two kinds of sheets: the master sheet lists suppliers, a supplier sheet lists
 * items.
 *
 * <p>Real sheets are untidy, so the reading is lenient, but it does not guess. If a text can mean
 * two things, its row becomes a {@link dev.millrace.sheet.supplier.RowProblem} with its number and
 * the reason, and the other rows are used. The rules where a choice had to be made:
 *
 * <ul>
 *   <li><b>Header</b>: the first of the first 20 rows that names every required column. Rows above
 *       it (titles, dates) are ignored, as are later copies of it. If two cells name the same
 *       column, the more common word wins, then the left one.
 *   <li><b>Numbers</b>: a number stored as a number is used unchanged. In a text with one separator
 *       and three digits behind it ({@code 1,234}) the separator is ambiguous; the unambiguous
 *       prices of the same column decide ({@code 12,50} says comma), and if there are none, or they
 *       disagree, the row is bad. A quantity is read by the marks of prices and quantities; without
 *       any, {@code 1,250} can only be grouped, since a quantity is whole, and {@code 1,000} makes
 *       the row bad.
 *   <li><b>SKU and name</b>: as the sheet shows them. An error value, a date instead of a SKU, and
 *       a SKU that lost digits in a spreadsheet make the row bad.
 *   <li><b>Bad rows</b> may still be items of the sheet: {@link
 *       dev.millrace.sheet.supplier.ItemSink#problem} says which ones.
 *   <li><b>Currency</b>: of the cell, else of the currency column, else of the header ({@code Price
 *       (EUR)}), else of the supplier's line in the master sheet, else unknown. A cell and a
 *       currency column that contradict each other make the row bad. A bare {@code $} is the
 *       supplier's own kind of dollar if it has one, else the US dollar.
 *   <li><b>Duplicates</b>: the first good row of a key counts, later ones are problems of type
 *       {@code DUPLICATE_ROW}. So a list that grows at its end keeps its meaning. Keys are compared
 *       without case.
 * </ul>
 */
@NullMarked
package dev.millrace.sheet.supplier;

import org.jspecify.annotations.NullMarked;
