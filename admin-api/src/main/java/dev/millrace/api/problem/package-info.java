/** Errors as RFC 9457 problems, for every answer that is not the one asked for. */
@NullMarked
package dev.millrace.api.problem;

import org.jspecify.annotations.NullMarked;
