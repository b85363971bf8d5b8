/**
 * Private Google sheets, read through Google's API by a service account with which they are shared.
 *
 * <p>A sheet costs two reads: one {@code spreadsheets.get} answers the tabs and the number formats
 * of their cells, by which a date is a date and {@code 00042} has its zeros, and one {@code
 * values.batchGet} answers all values of a tab with their types. All reads of all workers share one
 * {@link dev.millrace.http.SharedLimiter}. Answers are streamed into {@link
 * dev.millrace.sheet.SpoolFile}s and read from there side by side, so that the heap does not grow
 * with the sheet.
 *
 * <p>Google's client speaks through {@link dev.millrace.sheet.google.GoogleTransport}: the guarded
 * HTTP client of all sheets, to the hosts of the settings and to no other.
 */
@NullMarked
package dev.millrace.sheet.google;

import org.jspecify.annotations.NullMarked;
