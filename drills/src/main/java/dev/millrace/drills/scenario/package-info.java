/** One class per drill: what is broken, how often, and what must hold afterwards. */
@NullMarked
package dev.millrace.drills.scenario;

import org.jspecify.annotations.NullMarked;
