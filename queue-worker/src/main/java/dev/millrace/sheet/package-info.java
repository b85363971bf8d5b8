/**
 * Reading a table from a URL. No database, no queue, no meaning: what the columns say is the
 * subject of {@code dev.millrace.sheet.supplier}.
 *
 * <p>The way of a sheet: {@link dev.millrace.sheet.SheetSources} asks {@link
 * dev.millrace.sheet.SourcePolicy} whether the URL may be read at all, and hands it to the first
 * {@link dev.millrace.sheet.SheetSource} that accepts it. The source brings the bytes, within
 * {@link dev.millrace.sheet.SheetLimits}. What the bytes are is decided by the bytes, and they
 * become a {@link dev.millrace.sheet.SheetTable}: cells as text, rows under the number their author
 * sees.
 *
 * <p>A sheet is written by somebody else, so every step assumes the worst of it. The URL may point
 * into our own network (the policy looks at the address that is really connected to, at each
 * redirect, so that a name which changes its address between check and use gains nothing). The body
 * may never end (bytes and time are counted). The XLSX may unfold to gigabytes or name a cell far
 * outside of any sheet (each piece is bounded before it is held, and {@link
 * dev.millrace.sheet.SheetMemory} counts what all sheets of the process hold together). All of this
 * ends in one {@link dev.millrace.sheet.SheetException} with a {@link
 * dev.millrace.sheet.SheetErrorType}.
 *
 * <p>A URL may hold a secret. Messages and logs name its host, never more.
 */
@NullMarked
package dev.millrace.sheet;

import org.jspecify.annotations.NullMarked;
