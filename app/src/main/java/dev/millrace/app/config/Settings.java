package dev.millrace.app.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The texts that settings are read from: the environment, and the options that replace some of its
 * variables. Immutable.
 */
public final class Settings {
  /**
   * A text and the name of its variable or option.
   *
   * @param problem why there is no text although one was meant; repeats no secret
   */
  record Given(String label, String text, Optional<String> problem) {
    Given(String label, String text) {
      this(label, text, Optional.empty());
    }

    static Given wrong(String label, String problem) {
      return new Given(label, "", Optional.of(problem));
    }
  }

  private final Map<String, Given> byName;

  private Settings(Map<String, Given> byName) {
    this.byName = Map.copyOf(byName);
  }

  /**
   * The variables of an environment, and the secrets in files that it names. An empty text counts
   * as not set.
   */
  public static Settings of(Map<String, String> environment) {
    Map<String, Given> given = new LinkedHashMap<>();
    environment.forEach((name, text) -> given.put(name, new Given(name, text.strip())));
    for (String secret : SecretFiles.SECRETS) {
      SecretFiles.find(secret, environment).ifPresent(found -> given.put(secret, found));
    }
    return new Settings(given);
  }

  /**
   * These settings, with the text of an option instead of a variable's.
   *
   * @param flag as it is written, such as {@code --port}
   */
  public Settings withFlag(String name, String flag, Optional<String> text) {
    if (text.isEmpty()) {
      return this;
    }
    Map<String, Given> more = new LinkedHashMap<>(byName);
    more.put(name, new Given(flag, text.get().strip()));
    return new Settings(more);
  }

  /** These settings, as if some variables were not set. */
  public Settings without(String... names) {
    Map<String, Given> fewer = new LinkedHashMap<>(byName);
    fewer.keySet().removeAll(List.of(names));
    return new Settings(fewer);
  }

  /** The texts of the variables, those that options replaced included. */
  Map<String, String> variables() {
    Map<String, String> texts = new LinkedHashMap<>();
    byName.forEach((name, given) -> texts.put(name, given.text()));
    return texts;
  }

  /** Whether it is set, to nothing. */
  boolean isEmpty(String name) {
    return byName.containsKey(name) && find(name).isEmpty();
  }

  /** The text of a variable or of the option that replaced it; empty: not set. */
  public Optional<String> text(String name) {
    return find(name).map(Given::text).filter(text -> !text.isEmpty());
  }

  Optional<Given> find(String name) {
    return Optional.ofNullable(byName.get(name))
        .filter(given -> !given.text().isEmpty() || given.problem().isPresent());
  }
}
