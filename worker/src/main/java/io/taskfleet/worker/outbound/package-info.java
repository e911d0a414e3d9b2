/**
 * HTTP to addresses that callers choose. {@link io.taskfleet.worker.outbound.GuardedHttpClient}
 * makes one blocking call under one deadline, reads a bounded part of the reply, and decides
 * nothing: no redirects, retries, cookies or decompression.
 *
 * <p>Invariant: a connection goes to an address that {@code GuardedDns} has looked at, and to no
 * other. The name is resolved once per connection and the guard sees the very addresses that are
 * connected to, so that a name that changes its mind gains nothing. Through a proxy it is the same
 * address that the proxy is asked for. For any thread.
 */
@NullMarked
package io.taskfleet.worker.outbound;

import org.jspecify.annotations.NullMarked;
