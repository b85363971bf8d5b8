/**
 * Master sync: {@code sync.master} reads the master sheet, upserts the suppliers it names and
 * enqueues one {@code sync.supplier} child for each, so that all queue workers share one sync. A
 * fault of a sheet is not a failure of the job: it is written to {@code parsing_logs}, from which a
 * supplier's status is derived, and the other sheets are synced. Faults that may pass, such as an
 * unreachable server, are retried first.
 */
@NullMarked
package dev.millrace.sync.job;

import org.jspecify.annotations.NullMarked;
