/** What is remembered of wrong keys. */
@NullMarked
package dev.millrace.api.access;

import org.jspecify.annotations.NullMarked;
