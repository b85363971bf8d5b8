/** The log as people read it. */
@NullMarked
package dev.millrace.app.log;

import org.jspecify.annotations.NullMarked;
