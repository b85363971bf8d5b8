/** Quartz stops here: a clustered alarm clock, whose alarms are ticks and not yet slots. */
@NullMarked
package dev.millrace.scheduler.quartz;

import org.jspecify.annotations.NullMarked;
