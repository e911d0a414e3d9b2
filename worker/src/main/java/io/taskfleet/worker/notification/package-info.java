/**
 * The task type {@code notification}: a POST to the address the task names, signed as Standard
 * Webhooks ask for. The task's id is the {@code webhook-id}, by which a receiver drops the rare
 * repeat. Each host is a dependency of its own. No threads of its own.
 */
@NullMarked
package io.taskfleet.worker.notification;

import org.jspecify.annotations.NullMarked;
