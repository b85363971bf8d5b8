@NullMarked
package dev.millrace.alert.job;

import org.jspecify.annotations.NullMarked;
