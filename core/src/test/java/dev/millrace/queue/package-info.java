/** Tests of the queue's protocol on real Postgres and Redis. */
@NullMarked
package dev.millrace.queue;

import org.jspecify.annotations.NullMarked;
