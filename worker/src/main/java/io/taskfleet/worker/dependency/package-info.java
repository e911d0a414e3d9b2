/**
 * One remote thing: the SMTP server, one webhook host, one API host. A {@link
 * io.taskfleet.worker.dependency.Dependency} wraps each call in a circuit breaker and a bulkhead
 * and stands still for as long as the remote side asks to be left alone.
 *
 * <p>For any thread. Nothing here waits: a call that may not be made is refused at once with {@link
 * io.taskfleet.worker.failure.CallRefusedException}, and the timer tries again later. Only failures
 * of the dependency itself open its breaker: not what it refuses by rule, not interrupts, not our
 * own mistakes.
 */
@NullMarked
package io.taskfleet.worker.dependency;

import org.jspecify.annotations.NullMarked;
