@NullMarked
package dev.millrace.job.read;

import org.jspecify.annotations.NullMarked;
