package dev.millrace.schedule;

import org.jspecify.annotations.Nullable;

/**
 * A schedule by the name of where it is good, such as {@code production}.
 *
 * @param cron one or more expressions, separated by {@code ;}, read in the worker's own time zone;
 *     null: no schedule, the worker runs on request
 */
public record ScheduleProfile(String profile, String description, @Nullable String cron) {}
