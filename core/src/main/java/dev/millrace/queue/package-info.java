/**
 * The way of a job through the queue: enqueue, push, pop, claim, record. See docs/job-lifecycle.md.
 */
@NullMarked
package dev.millrace.queue;

import org.jspecify.annotations.NullMarked;
