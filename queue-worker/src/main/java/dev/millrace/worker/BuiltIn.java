package dev.millrace.worker;

import dev.millrace.db.SearchPath;
import dev.millrace.job.JobContext;
import dev.millrace.job.JobHandler;
import dev.millrace.job.JobKind;
import dev.millrace.job.Outcome;
import dev.millrace.job.Trigger;
import java.time.Duration;
import java.util.List;
import org.jdbi.v3.core.Handle;

/**
 * A handler that is part of Millrace. Its transactions run under the fixed {@link SearchPath},
 * those of plugins under the path of the database's users; it uses {@link SearchPath#ofUsers}
 * around code that users wrote. Thread-safe.
 */
public record BuiltIn<P>(JobHandler<P> handler) implements JobHandler<P> {

  /** The same handlers, each as a built-in one. */
  public static List<JobHandler<?>> all(JobHandler<?>... handlers) {
    return List.of(handlers).stream().<JobHandler<?>>map(BuiltIn::new).toList();
  }

  @Override
  public JobKind<P> kind() {
    return handler.kind();
  }

  @Override
  public Outcome run(P payload, JobContext context) throws Exception {
    return handler.run(payload, new Context(context));
  }

  /** What a built-in handler sees of its attempt. */
  private record Context(JobContext attempted) implements JobContext {
    @Override
    public <T> T inTransaction(Work<T> work) {
      return attempted.inTransaction(
          handle -> SearchPath.<T, Exception>fixed(handle, () -> work.run(handle)));
    }

    @Override
    public boolean completeIn(Handle transaction, Object result) {
      return attempted.completeIn(transaction, result);
    }

    @Override
    public long jobId() {
      return attempted.jobId();
    }

    @Override
    public int attempt() {
      return attempted.attempt();
    }

    @Override
    public int maxAttempts() {
      return attempted.maxAttempts();
    }

    @Override
    public long fence() {
      return attempted.fence();
    }

    @Override
    public Trigger trigger() {
      return attempted.trigger();
    }

    @Override
    public void progress(long current, long total, String message) {
      attempted.progress(current, total, message);
    }

    @Override
    public void log(String message) {
      attempted.log(message);
    }

    @Override
    public void warn(String message) {
      attempted.warn(message);
    }

    @Override
    public boolean stopRequested() {
      return attempted.stopRequested();
    }

    @Override
    public void checkStop() {
      attempted.checkStop();
    }

    @Override
    public Duration timeLeft() {
      return attempted.timeLeft();
    }
  }
}
