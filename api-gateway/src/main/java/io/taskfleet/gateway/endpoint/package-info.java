/**
 * Webhook endpoints: addresses a tenant has registered, with signing keys of their own. They are
 * rows; here they are written and read, the workers call them and note how they do.
 *
 * <p>Threads: requests work on their own threads, with Postgres few at a time.
 *
 * <p>Invariants: a secret is told once, in the answer that makes it, and is sealed before it is
 * stored; nothing here opens a seal. While keys overlap each of them signs. An endpoint of another
 * tenant is not there. How many endpoints and keys there are is bounded. A change and the audit of
 * it are one transaction.
 */
@NullMarked
package io.taskfleet.gateway.endpoint;

import org.jspecify.annotations.NullMarked;
