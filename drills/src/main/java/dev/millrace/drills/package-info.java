/**
 * Drills: what the queue stands on is killed, frozen, flushed, flooded and cut, and a checker that
 * shares no code with the queue looks for what was lost or done twice. See docs/drills.md.
 */
@NullMarked
package dev.millrace.drills;

import org.jspecify.annotations.NullMarked;
