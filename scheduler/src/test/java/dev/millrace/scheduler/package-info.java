/** Sentences about fires, changes, the leader and its duties, on real Postgres and Redis. */
@NullMarked
package dev.millrace.scheduler;

import org.jspecify.annotations.NullMarked;
