/**
 * Measures what the fleet can do on this machine.
 *
 * <p>Duty: start servers, worker and gateway as processes of their own, load them, and say how fast
 * they were and how much processor time it took. A figure is printed only after the results of all
 * its tasks were found in Postgres, and in Redis where they belong there.
 *
 * <p>Threads: the main thread measures; clients of the gateway run on platform threads.
 *
 * <p>Invariants: the processor time of this process is never counted; what warms up is never
 * counted; clocks start when a stopped process is let go on, so that no figure holds the start of a
 * JVM. Nothing of this module is on the class path of what is shipped.
 */
@NullMarked
package io.taskfleet.bench;

import org.jspecify.annotations.NullMarked;
