/** What is ours in Quartz's cluster. */
@NullMarked
package dev.millrace.scheduler.quartz;

import org.jspecify.annotations.NullMarked;
