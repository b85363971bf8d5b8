/** What it costs to answer pollers of the status, beside a server that does nothing else. */
@NullMarked
package dev.millrace.bench.status;

import org.jspecify.annotations.NullMarked;
