/** Child processes: how they are started, signalled, awaited and ended. */
@NullMarked
package dev.millrace.embedded.process;

import org.jspecify.annotations.NullMarked;
