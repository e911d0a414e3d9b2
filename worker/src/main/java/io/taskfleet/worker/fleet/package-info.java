/**
 * What one worker has to do with the rest of its fleet: what operators set while it runs, what it
 * may use of limits that hold for all workers together, and what it tells of itself.
 *
 * <p>Three threads, one for each: {@code controls} asks Postgres, {@code caps} renews leases in
 * Redis, {@code heartbeat} writes to Redis. Poll loops read what those have brought and never wait
 * for a server. None of the three ends or throws because a server is away: the last answer goes on
 * to hold, and what that means for a limit is told at {@link io.taskfleet.worker.fleet.Caps}.
 */
@NullMarked
package io.taskfleet.worker.fleet;

import org.jspecify.annotations.NullMarked;
