/** The data directory and the key in it. */
@NullMarked
package dev.millrace.app.process;

import org.jspecify.annotations.NullMarked;
