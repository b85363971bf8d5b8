/** Tests of the refresh of materialized views on real Postgres and Redis. */
@NullMarked
package dev.millrace.mv.job;

import org.jspecify.annotations.NullMarked;
