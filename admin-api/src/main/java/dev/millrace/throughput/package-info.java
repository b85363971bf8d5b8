/**
 * How many attempts ended lately, how long they waited and ran, from what queue workers count by
 * minute and hour.
 */
@NullMarked
package dev.millrace.throughput;

import org.jspecify.annotations.NullMarked;
