/** The one JSON mapper: snake_case, ISO-8601 in UTC, no type names, unknown fields refused. */
@NullMarked
package dev.millrace.json;

import org.jspecify.annotations.NullMarked;
