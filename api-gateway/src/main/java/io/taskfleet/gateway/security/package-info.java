/**
 * Who is calling, and what they may do.
 *
 * <p>Duty: check the API key or token of every request but those of the open paths, have it counted
 * against its rate limit, check the scope its route demands; make, rotate and revoke keys, make
 * tokens for users, and keep the audit log. Denied is the default: a route that names no scope is
 * closed.
 *
 * <p>Threads: requests read the cache; one background task renews what is cached. Postgres is asked
 * by few requests at a time, and only about keys not seen lately.
 *
 * <p>Invariants: a key is kept nowhere, only its SHA-256; keys that are known stay good while
 * Postgres is away; a revoked key works no longer than the renewal interval while it is not, and
 * neither do tokens made with it, nor what was begun with either and goes on; an expired one does
 * not work at all; a token may do no more than the key it was made with, and ends within the hour;
 * what operators change and the audit of it are one transaction.
 */
@NullMarked
package io.taskfleet.gateway.security;

import org.jspecify.annotations.NullMarked;
