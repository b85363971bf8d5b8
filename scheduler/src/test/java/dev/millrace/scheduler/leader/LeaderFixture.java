package dev.millrace.scheduler.leader;

import dev.millrace.queue.QueueFixture;
import dev.millrace.queue.ReadyJobs;

/** The parts of the queue, and the leader's beside them. */
final class LeaderFixture extends QueueFixture {
  final Dispatch dispatch = new Dispatch(jdbi, ready);
  final Rescue rescue = new Rescue(jdbi, locks);

  LeaderFixture() {
    this(ReadyJobs.WINDOW);
  }

  LeaderFixture(int window) {
    super(window);
  }
}
