/**
 * The gateway: takes tasks over HTTP, puts them on Kafka, reads them back.
 *
 * <p>Duty here: start the process and hold what every package shares, the clock and the background
 * threads. {@code web} is HTTP itself (bodies, problems, headers) and knows none of the others;
 * {@code security} says who is calling, {@code ratelimit} how often they may; {@code submit}
 * accepts; {@code status} answers; {@code health} watches the servers.
 *
 * <p>Threads: each request has a virtual thread of its own. Work that repeats runs on the platform
 * threads of one scheduler; nothing there waits without a limit.
 *
 * <p>Invariants: a request waits for nothing without a deadline; no request needs Postgres to be
 * accepted, nor Redis for anything.
 */
@NullMarked
package io.taskfleet.gateway;

import org.jspecify.annotations.NullMarked;
