/**
 * Drills: what the queue stands on is killed, frozen, flushed, flooded and cut, and a checker that
 * shares no code with the queue looks for what was lost or done twice. See docs/drills.md.
 *
 * <p>A drill more is one class that implements {@link dev.millrace.drills.Scenario} and one entry
 * in {@link dev.millrace.drills.Drills}; each guard that it proves is one constant of {@link
 * dev.millrace.drills.Guard} with the mutant that takes it away. A {@link
 * dev.millrace.drills.testbed.TestBed} gives it services of its own and child processes: {@code
 * TestBed.open} with a leader and queue workers, {@code TestBed.empty} with none, and {@code
 * processes().start(role, name, more)} for a role that is one more case of {@link
 * dev.millrace.drills.child.ChildMain}. Whatever must hold goes into the report: {@code
 * verdict().violations(rule, sql)} for what a query finds, {@code report.goal} for numbers without
 * which the drill has proved nothing.
 */
@NullMarked
package dev.millrace.drills;

import org.jspecify.annotations.NullMarked;
