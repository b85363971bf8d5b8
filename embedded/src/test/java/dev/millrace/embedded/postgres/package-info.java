@NullMarked
package dev.millrace.embedded.postgres;

import org.jspecify.annotations.NullMarked;
