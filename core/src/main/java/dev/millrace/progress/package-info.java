/** What a running job says about itself; lives in Redis and may vanish. */
@NullMarked
package dev.millrace.progress;

import org.jspecify.annotations.NullMarked;
