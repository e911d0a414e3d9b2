/**
 * What the fleet is compared with: the listener one would write in an hour.
 *
 * <p>Duty: read batches of records and insert their results in one transaction, with a container of
 * spring-kafka. No retries, no dead letters, no Redis, no order beyond the partition's. Threads are
 * the container's, one for each core. Runs in a process of its own, on the libraries of the worker.
 */
@NullMarked
package io.taskfleet.bench.naive;

import org.jspecify.annotations.NullMarked;
