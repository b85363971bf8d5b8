/** The admin API: its server, its access rules and the headers of every answer. */
@NullMarked
package dev.millrace.api;

import org.jspecify.annotations.NullMarked;
