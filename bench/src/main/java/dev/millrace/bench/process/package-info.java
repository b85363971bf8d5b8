/** Child processes and what they cost. */
@NullMarked
package dev.millrace.bench.process;

import org.jspecify.annotations.NullMarked;
