/**
 * The demo: everything Millrace does, once, through the same doors that everybody uses. Only the
 * data are made up, and what changes them while the demo serves; the sync and the refreshes are
 * asked for over HTTP and run as jobs. A demo that was killed continues with its unfinished jobs.
 */
@NullMarked
package dev.millrace.app.demo;

import org.jspecify.annotations.NullMarked;
