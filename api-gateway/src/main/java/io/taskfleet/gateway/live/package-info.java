/**
 * What is told to callers who stay on the line: server-sent events, and the lifecycle events of a
 * tenant.
 *
 * <p>Threads: a virtual thread tells each stream its story and waits in between; a slow client
 * holds up no other. One platform thread reads the topic of lifecycle events for all, as long as
 * anybody listens. A background task cuts off those whose writes take too long.
 *
 * <p>Invariants: what a stream holds in memory is bounded, however slow its client is, and so is
 * the number of streams; a tenant hears all of its events once and in the order of their partition,
 * on whichever gateway it goes on; it hears of no other's. No stream holds a connection to
 * Postgres, a consumer or a part of Tomcat's HTTP.
 */
@NullMarked
package io.taskfleet.gateway.live;

import org.jspecify.annotations.NullMarked;
