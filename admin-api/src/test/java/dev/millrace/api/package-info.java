/** Tests of the API over real HTTP, with a Postgres and a Redis of their own. */
@NullMarked
package dev.millrace.api;

import org.jspecify.annotations.NullMarked;
