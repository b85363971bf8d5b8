/**
 * What keeping views fresh costs: the refreshes, the writers of the tables, the look at what is
 * due.
 */
@NullMarked
package dev.millrace.bench.views;

import org.jspecify.annotations.NullMarked;
