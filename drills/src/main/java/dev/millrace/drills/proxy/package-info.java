/** A network that fails as it is told: between a queue worker and Postgres. */
@NullMarked
package dev.millrace.drills.proxy;

import org.jspecify.annotations.NullMarked;
