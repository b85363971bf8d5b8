package dev.millrace.job;

/**
 * The answer to an enqueue.
 *
 * @param jobId the id, from 1, of the new job or of the one that has its unique key
 * @param created false when no job was inserted: an unfinished one holds the unique key; with
 *     {@linkplain JobOptions.Debounce debounce}, one that has not started holds it and has taken
 *     what this call brought; with {@linkplain JobOptions#throttle throttle}, one was enqueued
 *     within the time, finished or not
 */
public record Enqueued(long jobId, boolean created) {}
