/** Databases of other systems into which Millrace moves. */
@NullMarked
package dev.millrace.app.moving;

import org.jspecify.annotations.NullMarked;
