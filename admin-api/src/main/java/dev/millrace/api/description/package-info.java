/** The description of the API, as programs read it. */
@NullMarked
package dev.millrace.api.description;

import org.jspecify.annotations.NullMarked;
