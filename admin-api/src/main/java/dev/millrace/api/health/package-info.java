/** Whether the process lives and can serve. */
@NullMarked
package dev.millrace.api.health;

import org.jspecify.annotations.NullMarked;
