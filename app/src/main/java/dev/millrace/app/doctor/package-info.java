/** What is wrong with an installation: findings, each with a sentence and what helps. */
@NullMarked
package dev.millrace.app.doctor;

import org.jspecify.annotations.NullMarked;
