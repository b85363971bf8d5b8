/** Sentences about slots. */
@NullMarked
package dev.millrace.schedule;

import org.jspecify.annotations.NullMarked;
