/**
 * The benchmark: Millrace, and its peers beside it, on this machine in this run.
 *
 * <p>Every measured system is a <i>program</i> (package {@code program} and the scripts in the
 * resources of {@code peer}) with the same four verbs: fill, drain, listen, ping. Each verb runs in
 * a process of its own, so that start-up, memory and CPU are the system's own and nothing of the
 * benchmark's. The clock of a drain runs from the start of that process to the last job recorded as
 * done.
 */
@NullMarked
package dev.millrace.bench;

import org.jspecify.annotations.NullMarked;
