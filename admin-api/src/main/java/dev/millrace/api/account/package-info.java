/** Users and how they sign in, their sessions, and the keys of machines. */
@NullMarked
package dev.millrace.api.account;

import org.jspecify.annotations.NullMarked;
