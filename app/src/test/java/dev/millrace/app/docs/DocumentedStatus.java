package dev.millrace.app.docs;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a page says that a call is answered with: comments behind it and below it begin with a
 * status ({@code # 202 {…}}), or with the body of a 200, and may name another that comes later
 * ({@code ; after 30 s: 202}). Statuses of failures are what else may happen, not to the reader.
 */
final class DocumentedStatus {
  private static final Pattern COMMENT = Pattern.compile("(?:^|\\s)#\\s+(.*)$");
  private static final Pattern STATUS = Pattern.compile("(?:^|: )([23]\\d\\d)\\b");

  private DocumentedStatus() {}

  /** The block with the statuses in front of each call that has any, for {@link Shell}. */
  static String inEach(String block) {
    List<String> lines = new ArrayList<>(block.lines().toList());
    for (int first = 0; first < lines.size(); first++) {
      if (lines.get(first).startsWith("curl ")) {
        SortedSet<String> statuses = after(lines, first);
        if (!statuses.isEmpty()) {
          lines.set(first, "documented=' " + String.join(" ", statuses) + " ' " + lines.get(first));
        }
      }
    }
    return String.join("\n", lines);
  }

  private static SortedSet<String> after(List<String> lines, int first) {
    int last = first;
    while (lines.get(last).endsWith("\\")) {
      last++;
    }
    SortedSet<String> statuses = new TreeSet<>();
    for (int line = last;
        line < lines.size() && (line == last || lines.get(line).startsWith("#"));
        line++) {
      Matcher comment = COMMENT.matcher(lines.get(line));
      if (comment.find()) {
        if (comment.group(1).startsWith("{")) {
          statuses.add("200");
        }
        STATUS.matcher(comment.group(1)).results().forEach(found -> statuses.add(found.group(1)));
        if (statuses.contains("304")) {
          statuses.add("200"); // something may have changed since
        }
      }
    }
    return statuses;
  }
}
