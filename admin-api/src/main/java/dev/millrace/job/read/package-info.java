/**
 * Jobs and kinds as the API shows them: lists, one job with its attempts and logs, what workers can
 * run.
 */
@NullMarked
package dev.millrace.job.read;

import org.jspecify.annotations.NullMarked;
