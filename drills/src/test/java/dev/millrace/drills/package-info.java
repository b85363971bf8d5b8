/** The drills in their small form. */
@NullMarked
package dev.millrace.drills;

import org.jspecify.annotations.NullMarked;
