package dev.millrace.api.events;

import java.util.OptionalLong;
import java.util.function.BooleanSupplier;

/** One client that listens. Its methods are for one thread. */
final class Listener {
  /** Looks of this process that may be older than what the client has from another one. */
  private static final int LOOKS_TO_CATCH_UP = 3;

  private final EventStream stream;
  private final OptionalLong from;
  private final BooleanSupplier admitted;
  private final long until;
  private int looks;
  private boolean begun;

  /**
   * A client whose answer has begun.
   *
   * @param from the id that it resumes from
   * @param admitted whether it still may listen
   * @param until when its stream ends, by {@link System#nanoTime}
   */
  Listener(EventStream stream, OptionalLong from, BooleanSupplier admitted, long until) {
    this.stream = stream;
    this.from = from;
    this.admitted = admitted;
    this.until = until;
  }

  EventStream stream() {
    return stream;
  }

  /** Whether it has to end. */
  boolean isOver(long now) {
    return now - until >= 0;
  }

  boolean isAdmitted() {
    return admitted.getAsBoolean();
  }

  /**
   * Sends what a look has found.
   *
   * @param news the same for all; empty: they have to read the status
   */
  void hear(History history, byte[] news) {
    if (begun) {
      if (news.length > 0) {
        stream.send(news);
      }
      return;
    }
    looks++;
    if (from.isPresent() && from.getAsLong() > history.newest() && looks < LOOKS_TO_CATCH_UP) {
      return;
    }
    begun = true;
    byte[] unseen =
        from.isEmpty()
            ? history.reset()
            : history
                .since(from.getAsLong())
                .map(events -> StatusEvent.text(events, history.newest()))
                .orElseGet(history::reset);
    if (unseen.length > 0) {
      stream.send(unseen);
    }
  }
}
