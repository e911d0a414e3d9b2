/**
 * What is kept in Redis for the day when a remote side cannot be asked. Nothing waits for Redis
 * longer than a moment and nothing depends on it: without it there is no fallback, and a task waits
 * as if it had asked for none. For any thread.
 */
@NullMarked
package io.taskfleet.worker.fallback;

import org.jspecify.annotations.NullMarked;
