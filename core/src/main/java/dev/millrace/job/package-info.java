/** The job: one unit of work, one row in Postgres. */
@NullMarked
package dev.millrace.job;

import org.jspecify.annotations.NullMarked;
