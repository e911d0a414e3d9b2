/**
 * What went wrong, and what follows. {@link io.taskfleet.worker.failure.FailureClassifier} is the
 * only code that turns a {@code Throwable} or a remote status into a {@link
 * io.taskfleet.worker.failure.Failure}, and {@link io.taskfleet.worker.failure.RetryPolicy} the
 * only code that turns a failure into a {@link io.taskfleet.worker.failure.Verdict}. Pure
 * functions, for any thread.
 */
@NullMarked
package io.taskfleet.worker.failure;

import org.jspecify.annotations.NullMarked;
