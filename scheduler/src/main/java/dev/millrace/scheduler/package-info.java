/** The scheduler: Quartz cluster that enqueues, and the leader's duties. */
@NullMarked
package dev.millrace.scheduler;

import org.jspecify.annotations.NullMarked;
