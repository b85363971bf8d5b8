@NullMarked
package dev.millrace.stats.job;

import org.jspecify.annotations.NullMarked;
