/** Stats jobs: asked for, retried, their groups, flags and cache invalidations. */
@NullMarked
package dev.millrace.api.stats;

import org.jspecify.annotations.NullMarked;
