/** The command as its users meet it: in processes of its own. */
@NullMarked
package dev.millrace.app;

import org.jspecify.annotations.NullMarked;
