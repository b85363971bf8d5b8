package dev.millrace.mv;

/**
 * Refreshes of the last 24 hours in sum, and how long the views have been looked after without a
 * break.
 *
 * @param successRate percent; 100 when there was no refresh
 * @param avgDurationMs of the successful ones
 * @param uptimeSeconds since the present leader began; 0 without one
 */
public record Statistics(
    long totalRefreshes,
    long successful,
    long failed,
    double successRate,
    double avgDurationMs,
    double uptimeSeconds) {}
