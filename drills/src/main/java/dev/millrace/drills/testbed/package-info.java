/**
 * What a drill plays on: services, child processes, the client with its ledger, and the checker.
 */
@NullMarked
package dev.millrace.drills.testbed;

import org.jspecify.annotations.NullMarked;
