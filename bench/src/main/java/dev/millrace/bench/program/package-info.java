/** What is measured: Millrace and the Java peers as programs with the same four verbs. */
@NullMarked
package dev.millrace.bench.program;

import org.jspecify.annotations.NullMarked;
