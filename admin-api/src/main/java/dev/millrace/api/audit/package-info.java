/**
 * What was asked of the API, by which caller, and with what outcome. The row of a command is
 * written in the transaction of its effect: neither exists without the other.
 */
@NullMarked
package dev.millrace.api.audit;

import org.jspecify.annotations.NullMarked;
