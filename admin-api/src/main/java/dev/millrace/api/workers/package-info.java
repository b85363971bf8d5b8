/** Background workers: their configuration and their run-once. */
@NullMarked
package dev.millrace.api.workers;

import org.jspecify.annotations.NullMarked;
