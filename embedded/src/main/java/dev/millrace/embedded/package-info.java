/** Postgres and Redis as child processes that never outlive their parent. */
@NullMarked
package dev.millrace.embedded;

import org.jspecify.annotations.NullMarked;
