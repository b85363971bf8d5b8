/** Tests of master sync on real sheets, Postgres and Redis. */
@NullMarked
package dev.millrace.sync.job;

import org.jspecify.annotations.NullMarked;
