/** Millrace: Postgres decides, Redis hurries. */
@NullMarked
package dev.millrace;

import org.jspecify.annotations.NullMarked;
