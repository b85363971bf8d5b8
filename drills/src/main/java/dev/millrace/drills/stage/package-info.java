/**
 * What a drill plays on: services, child processes, the client with its ledger, and the checker.
 */
@NullMarked
package dev.millrace.drills.stage;

import org.jspecify.annotations.NullMarked;
