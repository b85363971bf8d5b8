/**
 * Made-up suppliers whose sheets are as untidy as real ones: headers in three languages below title
 * blocks, blank and repeated rows, currency signs, decimal commas, numbers stored as text, and the
 * suppliers that never work.
 */
@NullMarked
package dev.millrace.demo;

import org.jspecify.annotations.NullMarked;
