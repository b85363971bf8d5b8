@NullMarked
package dev.millrace.embedded.process;

import org.jspecify.annotations.NullMarked;
