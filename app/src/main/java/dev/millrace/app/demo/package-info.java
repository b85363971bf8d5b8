/**
 * The demo: everything Millrace does, once, through the same doors that everybody uses. Only the
 * parts inventory and the sheets are made up; the sync and the refresh are asked for over HTTP and
 * run as jobs. A demo that was killed is taken up where its jobs stand.
 */
@NullMarked
package dev.millrace.app.demo;

import org.jspecify.annotations.NullMarked;
