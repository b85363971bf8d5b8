/**
 * Reads a table from a URL, without database and queue. The meaning of the columns is the subject
 * of {@code dev.millrace.sheet.supplier}.
 *
 * <p>The way of a sheet: {@link dev.millrace.sheet.SheetSources} asks {@link
 * dev.millrace.sheet.SourcePolicy} whether the URL may be read at all, and gives it to the first
 * {@link dev.millrace.sheet.SheetSource} that accepts it. The source stores the bytes in a {@link
 * dev.millrace.sheet.SpoolFile}, within {@link dev.millrace.sheet.SheetLimits}. The format is
 * detected from the bytes, and the {@link dev.millrace.sheet.Sheet} is read row by row, as often as
 * its reader wants: cells as text, rows with the number that their author sees.
 *
 * <p>The author of a sheet is not trusted. The URL may point into our own network (the policy
 * checks the address of each connection, also after a redirect, so that a name whose address
 * changes between check and use gains nothing). The body may never end (bytes and time are
 * limited). The XLSX may unpack to gigabytes or have a cell far outside of any sheet (each piece is
 * limited before it is stored, and rows are passed on one by one, so that the heap does not grow
 * with the sheet). Each of these ends in a {@link dev.millrace.sheet.SheetException} with a {@link
 * dev.millrace.sheet.SheetErrorType}.
 *
 * <p>A URL may hold a secret. Messages and logs show only its host.
 */
@NullMarked
package dev.millrace.sheet;

import org.jspecify.annotations.NullMarked;
