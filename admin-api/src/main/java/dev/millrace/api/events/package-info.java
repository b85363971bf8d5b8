/**
 * What has changed, as it is seen: a stream for each client that would rather listen than poll.
 *
 * <p>Events are the differences between one status and the next, read once a second while somebody
 * listens, however many do. The id of an event is the number of transactions that Postgres had
 * ended when the status was read: it means the same in every process, so a client may resume with
 * another one. A process knows the changes of its last ten minutes; for anything else it says
 * {@code reset}, and the client reads the status. Nothing is promised about what lies between two
 * looks: an event has the new state of a thing, not each one that it has had.
 */
@NullMarked
package dev.millrace.api.events;

import org.jspecify.annotations.NullMarked;
