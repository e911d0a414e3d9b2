/**
 * Task types that are not built in: found in jars, made with their properties, and told to the
 * gateways through Postgres, which learn from here what the payloads look like. What it does, it
 * does once, when a worker starts; nothing here touches a task.
 */
@NullMarked
package io.taskfleet.worker.type;

import org.jspecify.annotations.NullMarked;
