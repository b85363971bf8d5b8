/**
 * D13: what an application's role, a sheet's author, a holder of no key and a writer of values try,
 * and must not get.
 */
@NullMarked
package dev.millrace.drills.security;

import org.jspecify.annotations.NullMarked;
