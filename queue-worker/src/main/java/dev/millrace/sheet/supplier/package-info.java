/**
 * What the two kinds of sheets mean: the master sheet lists suppliers, a supplier sheet lists
 * items.
 *
 * <p>Real sheets are untidy, so reading them is lenient, but nothing is guessed. Wherever a text
 * can mean two things the row becomes a {@link dev.millrace.sheet.supplier.RowProblem} with its
 * number and the reason, and the other rows count. The rules where a choice had to be made:
 *
 * <ul>
 *   <li><b>Header</b>: the first of the first 20 rows that names every required column. Rows above
 *       it (titles, dates) are ignored, as are later copies of it. If two cells name the same
 *       column, the better known word wins, then the left one.
 *   <li><b>Numbers</b>: a number stored as a number is taken as it is. In a text with one separator
 *       and three digits behind it ({@code 1,234}) the separator has two readings; the unambiguous
 *       prices of the same column decide ({@code 12,50} says comma), and if there are none, or they
 *       disagree, the row is bad. A quantity is read by the marks of prices and quantities; where
 *       neither tells, {@code 1,250} can only be grouped, since a quantity is whole, and {@code
 *       1,000} makes the row bad.
 *   <li><b>SKU and name</b>: as the sheet shows them. An error value, a date in the place of a SKU,
 *       and a SKU of which a spreadsheet has lost digits make the row bad.
 *   <li><b>Bad rows</b> stand in the sheet all the same: {@link
 *       dev.millrace.sheet.supplier.SupplierSheet.Unread} says which items they are about.
 *   <li><b>Currency</b>: of the cell, else of the currency column, else of the header ({@code Price
 *       (EUR)}), else of the supplier's line in the master sheet, else unknown. A cell and a
 *       currency column that contradict each other make the row bad. A bare {@code $} is the
 *       supplier's own kind of dollar if it has one, else the US dollar.
 *   <li><b>Duplicates</b>: the first good row of a key counts, later ones are problems of type
 *       {@code DUPLICATE_ROW}. A list that grows at its end keeps its meaning that way. Keys are
 *       compared without regard to case.
 * </ul>
 */
@NullMarked
package dev.millrace.sheet.supplier;

import org.jspecify.annotations.NullMarked;
