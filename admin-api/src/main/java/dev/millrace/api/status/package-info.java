/** The status endpoint: one snapshot for however many pollers. */
@NullMarked
package dev.millrace.api.status;

import org.jspecify.annotations.NullMarked;
