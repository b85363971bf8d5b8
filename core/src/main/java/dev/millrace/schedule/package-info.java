/**
 * When recurring jobs are due, and the background workers they belong to.
 *
 * <p>A {@link dev.millrace.schedule.Schedule} is a set of slots on the UTC time line that depends
 * on nothing but its own text: not on when a process started, nor on when the job ran last. So
 * every node knows the same slots, (background worker, slot) names one run, and slots that were not
 * fired can be found later.
 *
 * <p>Daylight saving, as cron users expect it: an expression that names times of the day ({@code 30
 * 2 * * *}) runs once on every day; in the night when its time does not exist it runs at the moment
 * the clocks jump, and in the night when its time comes twice it runs at the first. An expression
 * that repeats ({@code *}{@code /10 * * * *}) follows the time that really passes and runs through
 * both hours.
 */
@NullMarked
package dev.millrace.schedule;

import org.jspecify.annotations.NullMarked;
