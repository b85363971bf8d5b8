/** One snapshot of the whole installation: what the status endpoint shows. */
@NullMarked
package dev.millrace.status;

import org.jspecify.annotations.NullMarked;
