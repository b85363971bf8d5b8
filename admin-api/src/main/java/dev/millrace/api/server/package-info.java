/** Between Jetty and the routes: methods, threads, connections, and clients that disconnect. */
@NullMarked
package dev.millrace.api.server;

import org.jspecify.annotations.NullMarked;
