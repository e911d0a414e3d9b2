/**
 * Users: whom notifications reach, on which channels and when, and their inbox.
 *
 * <p>Duty: keep users, profiles, permissions and preferences in Postgres; answer for a user from a
 * near cache, else from Redis, else from Postgres; begin what follows from a new user in the
 * transaction that makes it.
 *
 * <p>Threads: requests ask on their own threads, Postgres few at a time. A profile is put together
 * from parts that are fetched side by side, each on a virtual thread. Redis tells of changes on a
 * thread of its own library, which waits for nothing.
 *
 * <p>Invariants: every statement and every cache key names the tenant; a user and its follow-up
 * tasks are there together or not at all; no load that began before a change outlives it in a
 * cache; Redis away costs the caches, never an answer; no address gets into a log.
 */
@NullMarked
package io.taskfleet.gateway.user;

import org.jspecify.annotations.NullMarked;
