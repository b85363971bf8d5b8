/** The figures, and how they are shown. */
@NullMarked
package dev.millrace.bench.report;

import org.jspecify.annotations.NullMarked;
