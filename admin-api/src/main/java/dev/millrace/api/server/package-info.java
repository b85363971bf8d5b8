/** What stands between Jetty and the routes: methods, threads, and clients that hang up. */
@NullMarked
package dev.millrace.api.server;

import org.jspecify.annotations.NullMarked;
