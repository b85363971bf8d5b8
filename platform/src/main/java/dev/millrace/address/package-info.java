/** Addresses of servers and documents, read by one set of rules. */
@NullMarked
package dev.millrace.address;

import org.jspecify.annotations.NullMarked;
