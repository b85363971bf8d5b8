/** What a process keeps on disk: the data directory, the admin key, the log. */
@NullMarked
package dev.millrace.app.home;

import org.jspecify.annotations.NullMarked;
