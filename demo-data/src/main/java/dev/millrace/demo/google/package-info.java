/**
 * A local server in place of Google, for tests and for the demo: the token exchange of service
 * accounts and the two reads of the Sheets API v4, with the faults of both.
 */
@NullMarked
package dev.millrace.demo.google;

import org.jspecify.annotations.NullMarked;
