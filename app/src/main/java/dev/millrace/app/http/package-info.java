/** The command's side of the API. */
@NullMarked
package dev.millrace.app.http;

import org.jspecify.annotations.NullMarked;
