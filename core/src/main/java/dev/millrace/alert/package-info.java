/**
 * Alerts: what is wrong with an installation, sent to a webhook. The leader compares Postgres with
 * a list of conditions; what is new is written to {@code millrace.alerts} together with the job
 * that delivers it, so that no message is lost or enqueued twice. A condition fires once, however
 * many processes see it, and resolves once it has been gone for a while.
 */
@NullMarked
package dev.millrace.alert;

import org.jspecify.annotations.NullMarked;
