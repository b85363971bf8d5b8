/** Who may call the API. */
@NullMarked
package dev.millrace.api.access;

import org.jspecify.annotations.NullMarked;
