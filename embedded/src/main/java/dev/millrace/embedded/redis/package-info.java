/** An embedded Redis: its program, its settings and how it is started. */
@NullMarked
package dev.millrace.embedded.redis;

import org.jspecify.annotations.NullMarked;
