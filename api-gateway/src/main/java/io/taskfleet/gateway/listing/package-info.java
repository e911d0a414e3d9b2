/**
 * Many tasks at once: pages of them, and exports of any number. Only what Postgres knows: a task
 * that waits in a queue for its first attempt is not among them.
 *
 * <p>Threads: everything runs on the thread of its request. A page asks Postgres in its turn, like
 * every short question; an export has a connection of its own, of which there are few, and a
 * background task takes it back from one that takes too long or stands still.
 *
 * <p>Invariants: the tenant is in every statement; a page costs a range of an index, bounded
 * however few tasks match; an export holds a few rows in memory, and one that is not whole ends in
 * a broken connection, never in a short file.
 */
@NullMarked
package io.taskfleet.gateway.listing;

import org.jspecify.annotations.NullMarked;
