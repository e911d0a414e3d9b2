/**
 * Requests that are sent again under the same {@code Idempotency-Key}, and their first answers.
 *
 * <p>Threads: everything runs on the thread of its request; Redis is waited for once, no longer
 * than its command timeout, before the request is carried out. What it is told afterwards nobody
 * waits for.
 *
 * <p>Invariants: the ids of tasks are derived from tenant and key, so that a repeated request is
 * the same tasks whatever is remembered here; what is remembered only spares the work, and tells
 * another request under the same key, or one that is in flight, from a repeated one. A key is held
 * by a lease. A request without a key costs nothing.
 */
@NullMarked
package io.taskfleet.gateway.idempotency;

import org.jspecify.annotations.NullMarked;
