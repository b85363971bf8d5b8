package dev.millrace.db.takeover;

import java.util.Locale;

/** What a step does with an object. */
public enum Action {
  /** It does not exist: the migrations create it. */
  CREATE,
  /** It exists and becomes ours: columns, keys and rows are completed. */
  TAKE_OVER,
  /** It is as this release needs it. */
  KEEP,
  /** It is not touched. */
  LEAVE,
  /** Only an administrator can do it; everything else goes on without it. */
  ASK,
  /** It cannot be used, so that nothing is done at all. */
  REFUSE,
  /** It is given back as it would be without us. */
  GIVE_BACK,
  /** It was created by us and is removed. */
  DROP;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
