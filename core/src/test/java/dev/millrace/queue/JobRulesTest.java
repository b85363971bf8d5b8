package dev.millrace.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a row of a job may hold, by whichever way it is written. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JobRulesTest {
  private static final String X63 =
      "x23456789x123456789x123456789x123456789x123456789x123456789x123";
  private static final String X100 = X63 + "456789x123456789x123456789x1234567890";

  private final QueueFixture queue = new QueueFixture();

  @AfterAll
  void close() {
    queue.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "mv.refresh", "z9_.-", X100})
  void a_kind_may_be(String kind) {
    assertThat(insert("kind, queue", "'" + kind + "', 'default'")).isOne();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "A", "9a", ".a", "a b", "aB", "a/b", "\u00e4", "a\u00e9", "a\n", X100 + "1"})
  void a_kind_may_not_be(String kind) {
    refused("kind, queue", "'" + kind + "', 'default'", "kind_name_check");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "default", "z-9_", X63})
  void a_queue_may_be(String name) {
    assertThat(insert("kind, queue", "'a', '" + name + "'")).isOne();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "A", "9a", "-a", "a.b", "a b", "a{b}", "a\n", X63 + "4"})
  void a_queue_may_not_be(String name) {
    refused("kind, queue", "'a', '" + name + "'", "queue_name_check");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          max_attempts        | 0                            | attempt_count_check
          max_attempts        | 1001                         | attempt_count_check
          children_left       | -1                           | child_count_check
          limit_key,limit_max | 'k', 0                       | limit_size_check
          limit_key,limit_max | 'k', 1001                    | limit_size_check
          limit_key           | 'k'                          | jobs_limit_check
          run_timeout         | interval '0'                 | run_timeout_check
          on_busy             | 'fight'                      | on_busy_policy_check
          on_child_failure    | 'weep'                       | on_child_failure_policy_check
          callback            | '[]'                         | callback_job_check
          payload             | '[]'                         | json_object_check
          trigger             | 'whim'                       | jobs_trigger_check
          priority            | 101                          | jobs_priority_check
          state               | 'lost'                       | jobs_state_check
          state               | 'completed'                  | jobs_state_check
          state               | 'waiting'                    | jobs_state_check
          state               | 'processing'                 | jobs_state_check
          finished_at         | now()                        | jobs_state_check
          state,finished_at   | 'processing', now()          | jobs_state_check
          state,finished_at   | 'lost', now()                | jobs_state_check
          state,fence,started_at,worker_id | 'processing', 0, now(), 'w'    | jobs_state_check
          state,fence,started_at,worker_id | 'processing', 1, NULL, 'w'     | jobs_state_check
          state,fence,started_at,worker_id | 'processing', 1, now(), NULL   | jobs_state_check
          state,fence,started_at,worker_id,limit_key,limit_max,limit_slot | 'processing', 1, now(), 'w', 'k', 1, 2 | jobs_state_check
          """)
  void a_job_may_not_have(String columns, String values, String rule) {
    refused("kind, " + columns, "'a', " + values, rule);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          state                    | 'scheduled'
          state,children_left      | 'waiting', 1
          state,finished_at        | 'completed', now()
          state,finished_at        | 'failed', now()
          state,finished_at        | 'cancelled', now()
          state,fence,started_at,worker_id | 'processing', 1, now(), 'w'
          state,fence,started_at,worker_id,limit_key,limit_max,limit_slot | 'processing', 1, now(), 'w', 'k', 2, 2
          """)
  void a_job_may_have(String columns, String values) {
    assertThat(insert("kind, " + columns, "'a', " + values)).isOne();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          queue => 'A b'                             | queue: must match [a-z][a-z0-9_-]{0,62}, was 'A b'
          queue => NULL                              | queue: must match [a-z][a-z0-9_-]{0,62}, was NULL
          unique_key => repeat('k', 201)             | unique_key: must have 1 to 200 characters, had 201
          unique_key => ''                           | unique_key: must have 1 to 200 characters, had 0
          lock_key => repeat('k', 201)               | lock_key: must have 1 to 200 characters, had 201
          limit_key => '', limit_max => 1            | limit_key: must have 1 to 200 characters, had 0
          limit_key => 'k'                           | limit_max: limit_key and limit_max need each other
          limit_key => 'k', limit_max => 1001        | limit_max: must be 1 to 1000, was 1001
          on_busy => 'leave'                         | on_busy: must be wait or skip, was 'leave'
          max_attempts => 0                          | max_attempts: must be 1 to 1000, was 0
          run_timeout => '0'                         | run_timeout: must be above 0, was 00:00:00
          unique_key => 'k', debounce => '-1 s'      | debounce: must not be negative, was -00:00:01
          unique_key => 'k', throttle => '-1 s'      | throttle: must not be negative, was -00:00:01
          unique_key => 'k', debounce => '2 s', max_wait => '1 s' | max_wait: must be at least debounce, was 00:00:01
          unique_key => 'k', debounce => '2 s', merge => 'mix'    | merge: must be replace, keep or union, was 'mix'
          trigger => 'whim'                          | trigger: must be api, sql, schedule, manual, table, parent, cli or demo, was 'whim'
          callback => '[]'                           | callback: must be a JSON object, was array
          callback => '{"kind": "B"}'                | callback.kind: must match [a-z][a-z0-9_.-]{0,99}, was 'B'
          callback => '{"kind": "b", "queue": "/"}'  | callback.queue: must match [a-z][a-z0-9_-]{0,62}, was '/'
          callback => '{"kind": "b", "priority": 9.5}' | callback.priority: must be -100 to 100, was '9.5'
          callback => '{"kind": "b", "payload": 1}'  | callback.payload: must be a JSON object, was number
          """)
  void enqueue_in_sql_names_what_it_refuses(String arguments, String refusal) {
    execute("INSERT INTO millrace.kinds (kind) VALUES ('test.noop') ON CONFLICT DO NOTHING");
    assertThatThrownBy(() -> execute("SELECT millrace.enqueue('test.noop', " + arguments + ")"))
        .hasMessageContaining("ERROR: " + refusal);
  }

  private void execute(String sql) {
    queue.jdbi.useHandle(handle -> handle.execute(sql));
  }

  private int insert(String columns, String values) {
    return queue.jdbi.withHandle(
        handle ->
            handle.execute("INSERT INTO millrace.jobs (" + columns + ") VALUES (" + values + ")"));
  }

  private void refused(String columns, String values, String rule) {
    assertThatThrownBy(() -> insert(columns, values))
        .isInstanceOf(UnableToExecuteStatementException.class)
        .hasMessageContaining('"' + rule + '"');
  }
}
