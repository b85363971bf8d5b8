/**
 * Moves into a database and out of it again. Before the migrations run, it reads which of the
 * documented tables exist and lists what it does with each: a {@link
 * dev.millrace.db.takeover.Plan}. {@code migrate} does these steps and the migrations in one
 * transaction, so that a failure leaves the database as it was. What was done is recorded with the
 * statements that undo it.
 */
@NullMarked
package dev.millrace.db.takeover;

import org.jspecify.annotations.NullMarked;
