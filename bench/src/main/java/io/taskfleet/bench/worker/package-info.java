/**
 * The worker that is measured: the real one, with handlers that cost nothing of their own.
 *
 * <p>Duty: add the bench's task types to {@link io.taskfleet.worker.WorkerApplication}. Threads and
 * invariants are the worker's. Runs on the class path of the worker's executable jar, in a process
 * of its own.
 */
@NullMarked
package io.taskfleet.bench.worker;

import org.jspecify.annotations.NullMarked;
