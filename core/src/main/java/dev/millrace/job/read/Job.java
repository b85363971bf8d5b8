package dev.millrace.job.read;

import dev.millrace.job.JobState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A job as its row has it, without what can be large (see {@link JobDetail}).
 *
 * @param attempt the attempts begun so far
 * @param fence of the newest claim; 0 before the first
 * @param workerId who holds it, or held it last
 * @param childrenLeft children that have not finished; means something while {@code waiting}
 * @param cancelRequestedAt when someone wanted it stopped
 * @param error of the last attempt that failed; cut to 500 characters in lists
 */
public record Job(
    long id,
    String kind,
    String queue,
    JobState state,
    int priority,
    int attempt,
    int maxAttempts,
    long fence,
    @Nullable String workerId,
    @Nullable String lockKey,
    @Nullable String uniqueKey,
    @Nullable Long parentId,
    int childrenLeft,
    @Nullable String backgroundWorker,
    String trigger,
    @Nullable Instant cancelRequestedAt,
    Instant createdAt,
    Instant runAt,
    @Nullable Instant startedAt,
    @Nullable Instant finishedAt,
    @Nullable String error) {}
