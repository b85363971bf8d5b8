/** What a sync of a large sheet costs, beside COPY of the same file. */
@NullMarked
package dev.millrace.bench.sync;

import org.jspecify.annotations.NullMarked;
