/** The admin API: its server, who may call it, and what every answer carries. */
@NullMarked
package dev.millrace.api;

import org.jspecify.annotations.NullMarked;
