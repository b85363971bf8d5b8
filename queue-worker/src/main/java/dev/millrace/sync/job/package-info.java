/**
 * Master sync: {@code sync.master} reads the master sheet, upserts the suppliers it names and
 * enqueues one {@code sync.supplier} child for each, so that all queue workers share one sync. What
 * is wrong with a sheet is a fact about the sheet, not a failure of the job: it is written to
 * {@code parsing_logs}, from which a supplier's status is derived, and the others go on. Only what
 * may pass by itself is tried again first.
 */
@NullMarked
package dev.millrace.sync.job;

import org.jspecify.annotations.NullMarked;
