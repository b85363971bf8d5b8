/** How the process logs. */
@NullMarked
package dev.millrace.app.log;

import org.jspecify.annotations.NullMarked;
