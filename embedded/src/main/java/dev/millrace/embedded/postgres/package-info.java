/** An embedded Postgres: its cluster, its programs and how it is started. */
@NullMarked
package dev.millrace.embedded.postgres;

import org.jspecify.annotations.NullMarked;
