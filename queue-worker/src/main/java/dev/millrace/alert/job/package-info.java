/** The kind of job that sends an alert to the webhook. */
@NullMarked
package dev.millrace.alert.job;

import org.jspecify.annotations.NullMarked;
