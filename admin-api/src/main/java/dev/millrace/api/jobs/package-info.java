/** Jobs: lists, details, enqueue, cancel, retry. */
@NullMarked
package dev.millrace.api.jobs;

import org.jspecify.annotations.NullMarked;
