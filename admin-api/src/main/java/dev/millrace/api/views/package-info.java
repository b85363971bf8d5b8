/** Materialized views over HTTP: their freshness, blocking sessions, manual refreshes. */
@NullMarked
package dev.millrace.api.views;

import org.jspecify.annotations.NullMarked;
