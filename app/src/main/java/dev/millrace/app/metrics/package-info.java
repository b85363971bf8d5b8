/** Figures of a process and of the installation in the format of Prometheus. */
@NullMarked
package dev.millrace.app.metrics;

import org.jspecify.annotations.NullMarked;
