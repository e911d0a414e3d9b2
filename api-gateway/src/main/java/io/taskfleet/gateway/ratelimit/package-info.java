/**
 * How many requests a caller may send: a bucket of tokens for each API key, and one for each
 * address from which somebody calls without a good key.
 *
 * <p>Every request is decided by a bucket in this process. Redis holds a bucket for the same key or
 * address, which all gateways share: each reports what it has let through, after a twentieth of the
 * limit or a second, whichever comes first, and takes as much out of its own bucket as the others
 * have used. A limit is therefore exact in one gateway. Several together may let through, on top of
 * the limit, what each of them took since its last report; the excess is taken off afterwards.
 * Asking Redis about every request would be exact, and would make each wait for it.
 *
 * <p>Threads: requests count on their own threads, without locks. Reports are sent by the request
 * that makes them due, which does not wait; Redis' answer is taken in on its client's thread.
 *
 * <p>Invariants: no request waits for Redis, and with Redis away, slow or flushed the limit holds
 * in each gateway by itself; what is remembered is bounded; strangers push no key's bucket out.
 */
@NullMarked
package io.taskfleet.gateway.ratelimit;

import org.jspecify.annotations.NullMarked;
