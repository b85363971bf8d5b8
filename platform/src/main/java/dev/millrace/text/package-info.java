/** Text that others sent: how long it is, and how it is shown. */
@NullMarked
package dev.millrace.text;

import org.jspecify.annotations.NullMarked;
