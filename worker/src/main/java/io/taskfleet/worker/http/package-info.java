/**
 * The task type {@code http}: one HTTP call, and its reply as the result. The task's id is the
 * {@code Idempotency-Key} of a call that names none, by which the other side drops the rare repeat.
 * Each host is a dependency of its own; while its breaker is open, the last good reply is the
 * result of calls that say so. No threads of its own.
 */
@NullMarked
package io.taskfleet.worker.http;

import org.jspecify.annotations.NullMarked;
