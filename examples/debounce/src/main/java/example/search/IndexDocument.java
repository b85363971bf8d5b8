package example.search;

import dev.millrace.job.JobContext;
import dev.millrace.job.JobHandler;
import dev.millrace.job.JobKind;
import dev.millrace.job.Outcome;
import java.util.List;

/** Indexes the fields of a document that were edited. */
public final class IndexDocument implements JobHandler<IndexDocument.Payload> {
  /**
   * What to index. {@code Merge.UNION} joins the fields of all calls, each once.
   *
   * @param document its id
   * @param fields names of columns
   */
  public record Payload(long document, List<String> fields) {
    public Payload {
      fields = List.copyOf(fields);
    }
  }

  static final JobKind<Payload> KIND = JobKind.of("document.index", Payload.class);

  @Override
  public JobKind<Payload> kind() {
    return KIND;
  }

  @Override
  public Outcome run(Payload payload, JobContext context) {
    context.inTransaction(
        handle ->
            handle.execute(
                """
                INSERT INTO document_index (document, fields) VALUES (?, ?)
                ON CONFLICT (document) DO UPDATE SET fields = EXCLUDED.fields, times = document_index.times + 1
                """,
                payload.document(),
                String.join(" ", payload.fields())));
    return Outcome.done();
  }
}
