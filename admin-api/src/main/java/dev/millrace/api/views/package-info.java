/** Materialized views over HTTP: how fresh they are, who is in the way, refreshes by hand. */
@NullMarked
package dev.millrace.api.views;

import org.jspecify.annotations.NullMarked;
