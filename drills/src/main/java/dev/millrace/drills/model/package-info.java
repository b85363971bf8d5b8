/**
 * The protocol of claims, leases and fences as a state machine with a clock of its own, and the
 * same moves made against Postgres.
 */
@NullMarked
package dev.millrace.drills.model;

import org.jspecify.annotations.NullMarked;
