/** The master sync: asking for one. */
@NullMarked
package dev.millrace.api.ingestion;

import org.jspecify.annotations.NullMarked;
