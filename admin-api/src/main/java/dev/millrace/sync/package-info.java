/** The master sync as Postgres knows it: where it stands, its suppliers, and their log. */
@NullMarked
package dev.millrace.sync;

import org.jspecify.annotations.NullMarked;
