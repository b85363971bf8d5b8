/** Tests of the benchmark. */
@NullMarked
package dev.millrace.bench;

import org.jspecify.annotations.NullMarked;
