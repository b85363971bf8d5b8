package dev.millrace;

import java.io.ObjectInputFilter;

/**
 * Nothing in a process of ours is read from Java's serialized form: not a job's data, not a
 * calendar or blob of Quartz, not a value in Redis. Whatever is offered is refused before any of
 * its code runs.
 */
public final class NoDeserialization {
  private NoDeserialization() {}

  /** For the whole process and for good; a filter given on the command line is kept. */
  public static void enforce() {
    if (ObjectInputFilter.Config.getSerialFilter() == null) {
      ObjectInputFilter.Config.setSerialFilter(info -> ObjectInputFilter.Status.REJECTED);
    }
  }
}
