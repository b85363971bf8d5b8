/** Tests of the queue worker on real Postgres and Redis. */
@NullMarked
package dev.millrace.worker;

import org.jspecify.annotations.NullMarked;
