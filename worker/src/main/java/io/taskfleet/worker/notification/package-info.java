/**
 * The task type {@code notification}: a POST to the address or the registered endpoint the task
 * names, signed as Standard Webhooks ask for, or a user's channels. The task's id is the {@code
 * webhook-id}, by which a receiver drops the rare repeat, and the id in the inbox. Each host is a
 * dependency of its own. No threads of its own.
 *
 * <p>Invariants: what is for a user is recorded and not sent, see {@code Fanout}; whether an
 * endpoint works is noted by whoever calls it, and it is called for as long as it is not disabled.
 */
@NullMarked
package io.taskfleet.worker.notification;

import org.jspecify.annotations.NullMarked;
