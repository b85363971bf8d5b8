/** The data directory and the key in it. */
@NullMarked
package dev.millrace.app.home;

import org.jspecify.annotations.NullMarked;
