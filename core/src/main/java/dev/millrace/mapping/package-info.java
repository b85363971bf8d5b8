/** How the sheet of one supplier names its columns and writes its numbers. */
@NullMarked
package dev.millrace.mapping;

import org.jspecify.annotations.NullMarked;
