/** The connection to Postgres: pool, migrations, and nothing about jobs. */
@NullMarked
package dev.millrace.db;

import org.jspecify.annotations.NullMarked;
