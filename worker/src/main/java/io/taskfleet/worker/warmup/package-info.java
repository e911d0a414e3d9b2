/**
 * Makes hot, before a worker says that it is ready, the code that every task passes.
 *
 * <p>The thread that starts the worker does it, with virtual threads for the attempts. Invariants:
 * nothing that the fleet knows is changed (rows go to a temporary table of a connection of its own,
 * nothing goes to Kafka or Redis), it ends in time, and a worker starts without it if it fails.
 */
@NullMarked
package io.taskfleet.worker.warmup;

import org.jspecify.annotations.NullMarked;
