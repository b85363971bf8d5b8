/**
 * Long-lived threads that do not die or hang unnoticed.
 *
 * <p>Whatever a {@link dev.millrace.health.Guarded} thread throws is logged, and the thread starts
 * anew after a back-off. Its beats tell that it makes progress; a thread that has not beaten for
 * longer than its longest step is hung. What is wrong stands in {@link dev.millrace.health.Health},
 * which heartbeats and check-ins write to Postgres, where the status of the installation and {@code
 * millrace doctor} find it.
 */
@NullMarked
package dev.millrace.health;

import org.jspecify.annotations.NullMarked;
