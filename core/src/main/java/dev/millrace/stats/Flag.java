package dev.millrace.stats;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The switches over stats jobs. The text is the setting's name, in the environment and the API. */
public enum Flag {
  /** Over all of them. */
  USE_BG_JOBS_GLOBAL,
  USE_BG_JOBS_ADMIN,
  USE_BG_JOBS_CRON,
  USE_BG_JOBS_MATCH;

  /** Their names, in order. */
  public static List<String> names() {
    return Arrays.stream(values()).map(Flag::name).toList();
  }

  /** The flag of a name, letter for letter. */
  public static Optional<Flag> of(String name) {
    return Arrays.stream(values()).filter(flag -> flag.name().equals(name)).findFirst();
  }
}
