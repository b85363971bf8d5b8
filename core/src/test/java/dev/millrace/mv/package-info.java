/** Tests of the registry of views on real Postgres. */
@NullMarked
package dev.millrace.mv;

import org.jspecify.annotations.NullMarked;
