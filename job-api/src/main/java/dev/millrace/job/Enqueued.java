package dev.millrace.job;

/**
 * The answer to an enqueue.
 *
 * @param jobId the new job, or the unfinished one that holds the unique key
 * @param created false when an unfinished job holds the unique key and nothing was inserted
 */
public record Enqueued(long jobId, boolean created) {}
