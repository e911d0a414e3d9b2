/**
 * The whole system on one machine in one command: the local stack, the gateway and any number of
 * workers, each a process of its own, kept running by a small supervisor.
 *
 * <p>Duty: choose ports and secrets, start everything and say when it is ready, restart what dies,
 * stop in the order that loses nothing (workers, gateway, stack). For development and trials;
 * production runs the same jars under an orchestrator.
 *
 * <p>Threads: the main thread starts, waits and stops. One virtual thread per {@link
 * io.taskfleet.standalone.Keeper} watches its process. Signals arrive on threads of the JVM and
 * only set what the main thread waits for.
 *
 * <p>Invariants: a state directory belongs to one supervisor at a time; the ready file exists only
 * while all processes were ready at least once; secrets travel in environments and in files that
 * only their owner reads, never on command lines; a process started here ends when the supervisor
 * does, however that ended.
 */
@NullMarked
package io.taskfleet.standalone;

import org.jspecify.annotations.NullMarked;
