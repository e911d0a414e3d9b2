/**
 * The task type {@code notification}: a POST to the address the task names, signed as Standard
 * Webhooks ask for, or a row in a user's inbox. The task's id is the {@code webhook-id}, by which a
 * receiver drops the rare repeat, and the id in the inbox, which is written with the result. Each
 * host is a dependency of its own. No threads of its own.
 */
@NullMarked
package io.taskfleet.worker.notification;

import org.jspecify.annotations.NullMarked;
