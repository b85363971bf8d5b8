package dev.millrace.sheet.supplier;

import java.util.List;

/** A column a sheet can have: an enum constant that knows the words for it. */
interface Column {
  /** In the form of {@link HeaderText#words}, the best known first. */
  List<String> synonyms();

  /** The name to use in messages. */
  String title();
}
