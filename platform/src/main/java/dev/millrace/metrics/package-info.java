/**
 * The figures of a process for a monitoring system. They are kept in Micrometer's global registry,
 * so that a program that has Millrace in its own process sees them in its own registry as well.
 * While nothing collects them, they cost next to nothing.
 */
@NullMarked
package dev.millrace.metrics;

import org.jspecify.annotations.NullMarked;
