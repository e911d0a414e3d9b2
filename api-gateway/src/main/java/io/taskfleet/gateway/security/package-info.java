/**
 * Who is calling, and what they may do.
 *
 * <p>Duty: check the API key of every request but {@code /health}, check the scope its route
 * demands, and make the first key when there is none. Denied is the default: a route that names no
 * scope is closed.
 *
 * <p>Threads: requests read the cache; one background task renews what is cached. Postgres is asked
 * by few requests at a time, and only about keys not seen lately.
 *
 * <p>Invariants: a key is kept nowhere, only its SHA-256; keys that are known stay good while
 * Postgres is away; a revoked key works no longer than the renewal interval while it is not.
 */
@NullMarked
package io.taskfleet.gateway.security;

import org.jspecify.annotations.NullMarked;
