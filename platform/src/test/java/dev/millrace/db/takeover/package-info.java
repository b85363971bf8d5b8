/** Tests of the migrations on real Postgres. */
@NullMarked
package dev.millrace.db.takeover;

import org.jspecify.annotations.NullMarked;
