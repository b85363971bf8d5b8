/** The settings of one process: read once, checked as a whole, never changed. */
@NullMarked
package dev.millrace.app.config;

import org.jspecify.annotations.NullMarked;
