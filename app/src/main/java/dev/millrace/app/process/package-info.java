/**
 * One process: the services it talks to, what its roles share, the roles, and the order in which
 * all of them stop.
 *
 * <p><b>Stopping.</b> The first SIGTERM, SIGINT or SIGHUP ends the wait of the main thread, which
 * closes the parts in the reverse order of their start: the API stops accepting, the queue worker
 * claims no more and drains, then the scheduler, the clients of Redis, the pool of connections, and
 * last the embedded services. A second signal ends the process at once; what it held is rescued by
 * others when its lease ends, and embedded services end with it.
 */
@NullMarked
package dev.millrace.app.process;

import org.jspecify.annotations.NullMarked;
