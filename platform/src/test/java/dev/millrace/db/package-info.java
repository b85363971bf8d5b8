/** Tests of the migrations on real Postgres. */
@NullMarked
package dev.millrace.db;

import org.jspecify.annotations.NullMarked;
