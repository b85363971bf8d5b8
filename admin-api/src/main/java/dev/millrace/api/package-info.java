/** The admin API: routes, auth, the status endpoint. */
@NullMarked
package dev.millrace.api;

import org.jspecify.annotations.NullMarked;
