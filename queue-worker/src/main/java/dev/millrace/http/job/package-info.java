/** Pauses that servers ask of the jobs that call them. */
@NullMarked
package dev.millrace.http.job;

import org.jspecify.annotations.NullMarked;
