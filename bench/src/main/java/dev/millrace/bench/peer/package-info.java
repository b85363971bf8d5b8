/** The peers in JavaScript: installed at run time, run as programs with the same four verbs. */
@NullMarked
package dev.millrace.bench.peer;

import org.jspecify.annotations.NullMarked;
