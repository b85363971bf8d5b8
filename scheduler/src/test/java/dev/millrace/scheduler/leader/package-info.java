@NullMarked
package dev.millrace.scheduler.leader;

import org.jspecify.annotations.NullMarked;
