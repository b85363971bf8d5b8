/** Real Postgres and Redis for the tests of every module. */
@NullMarked
package dev.millrace.testing;

import org.jspecify.annotations.NullMarked;
