/**
 * Everything that waits for a time: retries, deferrals, scheduled tasks. What waits is a row of
 * {@code task} with a {@code due_at}; a relay in every worker puts due rows back on their topics.
 * Each relay has one thread. A crash between publishing and marking repeats a publish, and intake
 * drops the second record because its delivery number is not above the recorded one.
 */
@NullMarked
package io.taskfleet.worker.timer;

import org.jspecify.annotations.NullMarked;
