/**
 * The task type {@code analytics}: an event to be counted. All of its work is an effect that the
 * ledger applies with the result, so that each event counts once. No threads of its own.
 */
@NullMarked
package io.taskfleet.worker.analytics;

import org.jspecify.annotations.NullMarked;
