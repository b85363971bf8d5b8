package dev.millrace.app.config;

import dev.millrace.MillraceException;
import dev.millrace.app.config.Settings.Given;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** Parses settings and collects every error. */
final class Reader {
  private final Settings settings;
  private final List<String> problems = new ArrayList<>();

  Reader(Settings settings) {
    this.settings = settings;
  }

  /**
   * A value made of a text.
   *
   * @param make throws a {@link MillraceException} or {@link IllegalArgumentException} that names
   *     what is allowed
   */
  <T> Optional<T> read(String name, Function<String, T> make) {
    return read(name, make, true);
  }

  /** As {@link #read}, for a setting that may be set to nothing. */
  <T> Optional<T> readOrEmpty(String name, Function<String, T> make) {
    return settings.isEmpty(name) ? Optional.of(make.apply("")) : read(name, make);
  }

  /** As {@link #read}, for a value that may hold a secret: errors do not repeat it. */
  <T> Optional<T> readHidden(String name, Function<String, T> make) {
    return read(name, make, false);
  }

  private <T> Optional<T> read(String name, Function<String, T> make, boolean show) {
    Optional<Given> given = settings.find(name);
    if (given.isEmpty()) {
      return Optional.empty();
    }
    if (given.get().problem().isPresent()) {
      problems.add(given.get().label() + ": " + given.get().problem().get());
      return Optional.empty();
    }
    try {
      return Optional.of(make.apply(given.get().text()));
    } catch (MillraceException | IllegalArgumentException e) {
      // user and password may be part of an address
      String text = given.get().text().replaceAll("(?s)//.*@", "//***@");
      String shown = show ? " = '" + text + "'" : "";
      problems.add(given.get().label() + shown + ": " + e.getMessage());
      return Optional.empty();
    }
  }

  int number(String name, int otherwise, int min, int max) {
    return read(
            name,
            text -> {
              if (text.matches("[0-9]{1,9}")) {
                int number = Integer.parseInt(text);
                if (number >= min && number <= max) {
                  return number;
                }
              }
              throw new IllegalArgumentException("must be a number from " + min + " to " + max);
            })
        .orElse(otherwise);
  }

  boolean flag(String name, boolean otherwise) {
    return read(
            name,
            text ->
                switch (text.toLowerCase(Locale.ROOT)) {
                  case "1", "true", "yes", "on" -> true;
                  case "0", "false", "no", "off" -> false;
                  default ->
                      throw new IllegalArgumentException(
                          "must be 1, true, yes or on, or 0, false, no or off");
                })
        .orElse(otherwise);
  }

  /** Adds an error when a setting without a default is missing. */
  void require(String name, String why) {
    if (settings.find(name).isEmpty()) {
      problems.add(name + " is not set: " + why);
    }
  }

  /**
   * Ends the reading.
   *
   * @throws WrongSettingsException naming every bad setting, if there is any
   */
  void refuseIfWrong() {
    if (!problems.isEmpty()) {
      throw new WrongSettingsException(problems);
    }
  }
}
