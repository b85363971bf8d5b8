package dev.millrace.sheet.supplier;

import java.util.List;

/** A column of a sheet: an enum constant with the words for it. */
interface Column {
  /** In the form of {@link HeaderText#words}, the most common first. */
  List<String> synonyms();

  /** The name to use in messages. */
  String title();
}
