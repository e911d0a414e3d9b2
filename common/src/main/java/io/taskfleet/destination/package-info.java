/**
 * Where URLs that callers write may lead: to public addresses, and to networks an operator allows
 * beside them. The gateway asks before it takes a task, as far as that can be told without
 * resolving a name; workers ask again about each address they are about to connect to. Nothing is
 * looked up here. Immutable, for any thread.
 */
@NullMarked
package io.taskfleet.destination;

import org.jspecify.annotations.NullMarked;
