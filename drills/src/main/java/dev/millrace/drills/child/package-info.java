/** The processes that a drill kills: queue workers, and a leader that dispatches and rescues. */
@NullMarked
package dev.millrace.drills.child;

import org.jspecify.annotations.NullMarked;
