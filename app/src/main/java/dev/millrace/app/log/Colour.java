package dev.millrace.app.log;

/** How text looks on a terminal. */
public enum Colour {
  PLAIN("0"),
  BOLD("1"),
  FAINT("2"),
  RED("31"),
  GREEN("32"),
  YELLOW("33"),
  CYAN("36");

  private final String sequence;

  Colour(String code) {
    this.sequence = "\u001b[" + code + "m";
  }

  /** What switches a terminal to it. */
  String sequence() {
    return sequence;
  }
}
