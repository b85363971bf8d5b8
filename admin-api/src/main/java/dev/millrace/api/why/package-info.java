/** Reasons as the API answers with them. */
@NullMarked
package dev.millrace.api.why;

import org.jspecify.annotations.NullMarked;
