/** Errors whose message is for the person at the terminal. */
@NullMarked
package dev.millrace.app.error;

import org.jspecify.annotations.NullMarked;
