/**
 * The task types of the benchmarks.
 *
 * <p>Duty: what the bench and the worker that it starts must agree on. Immutable values without
 * threads; known to no gateway, so that such tasks come straight to their topics.
 */
@NullMarked
package io.taskfleet.bench.task;

import org.jspecify.annotations.NullMarked;
