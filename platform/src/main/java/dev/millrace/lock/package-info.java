/** Redisson stops here: locks that save wasted work and never decide anything. */
@NullMarked
package dev.millrace.lock;

import org.jspecify.annotations.NullMarked;
