/** Checks the answers that the tests get against the description of the API. */
@NullMarked
package dev.millrace.api.contract;

import org.jspecify.annotations.NullMarked;
