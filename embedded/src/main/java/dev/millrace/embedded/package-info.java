/**
 * Postgres and Redis as child processes that never outlive their parent.
 *
 * <p><b>Guarantee.</b> A service lives at most as long as the JVM that started it, and a data
 * directory left by any kind of end (kill -9, power cut) is served again by the next start without
 * help.
 *
 * <p><b>Who holds what.</b> The JVM holds a file lock per service and data directory, and the write
 * end of a pipe. A shell ({@code supervise.sh}) in a session of its own holds the read end and is
 * the parent of the service.
 *
 * <ul>
 *   <li>The JVM closes the service, exits or is killed: the pipe ends, the shell stops the service
 *       and escalates to SIGKILL.
 *   <li>Ctrl-C in a terminal reaches the JVM only, so a program may drain its work while both
 *       services still answer.
 *   <li>The service is killed: the shell ends too; {@code restart()} serves the same directory on
 *       the same port.
 *   <li>JVM and shell are both killed: the next start takes the lock, finds the service by its name
 *       <em>and</em> its working directory in {@code /proc}, and stops it. A pid alone, such as one
 *       read from a stale file, is never trusted.
 *   <li>Another JVM is alive on the directory: its lock is held, the start is refused and nothing
 *       is touched.
 *   <li>A kill while binaries are unpacked or a cluster is initialised: both happen in a directory
 *       beside the final one and are renamed when complete and flushed; the next start deletes what
 *       it finds half made.
 * </ul>
 *
 * <p>In the data directory: {@code postgres/} and {@code redis/} (what the services write), {@code
 * *.log} (this run), {@code *.log.1} (the run before), {@code *.lock}. Binaries lie in {@code
 * $XDG_CACHE_HOME/millrace} or {@code ~/.cache/millrace}, else in {@code cache/} of the data
 * directory.
 */
@NullMarked
package dev.millrace.embedded;

import org.jspecify.annotations.NullMarked;
