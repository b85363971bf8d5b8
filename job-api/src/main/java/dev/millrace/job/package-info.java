/**
 * What the author of a handler or of a client needs: describe a job ({@link NewJob}, {@link
 * JobOptions}, {@link Batch}), run one ({@link JobHandler}, {@link JobContext}, {@link Outcome})
 * and bring handlers along ({@link HandlerPlugin}).
 */
@NullMarked
package dev.millrace.job;

import org.jspecify.annotations.NullMarked;
