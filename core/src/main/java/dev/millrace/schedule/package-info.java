/** When recurring jobs are due, and the background workers they belong to. */
@NullMarked
package dev.millrace.schedule;

import org.jspecify.annotations.NullMarked;
