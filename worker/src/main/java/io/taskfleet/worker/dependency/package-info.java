/**
 * One remote thing: the SMTP server, one webhook host, one API host. A {@link
 * io.taskfleet.worker.dependency.Dependency} wraps each call in a circuit breaker, a bulkhead and a
 * rate limit, and stands still for as long as the remote side asks to be left alone.
 *
 * <p>For any thread. Nothing here waits, but for a slot that is about to be free: a call that may
 * not be made is refused with {@link io.taskfleet.worker.failure.CallRefusedException}, and the
 * timer tries again later. Only failures of the dependency itself open its breaker: not what it
 * refuses by rule, not interrupts, not our own mistakes. While it is open no call is made, and once
 * its time has passed the next call is. What an operator forces counts before all of it.
 *
 * <p>{@link io.taskfleet.worker.dependency.SharedBreakers} lets workers learn from each other
 * through Redis. What it hears comes on lettuce's threads, and changes a breaker like a call would.
 */
@NullMarked
package io.taskfleet.worker.dependency;

import org.jspecify.annotations.NullMarked;
