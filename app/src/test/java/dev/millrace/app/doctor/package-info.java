/** Findings that no service in a test can be brought to. */
@NullMarked
package dev.millrace.app.doctor;

import org.jspecify.annotations.NullMarked;
