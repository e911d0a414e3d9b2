/**
 * What Java applications call the gateway with. {@link io.taskfleet.client.TaskfleetClient} is the
 * door.
 *
 * <p>Threads: a client may be used by any number of threads at once. Calls block the thread that
 * makes them, and an interrupt ends them; streams belong to the thread that reads them. The body of
 * an upload is read by a thread of the HTTP client.
 *
 * <p>Invariants: what writes carries an idempotency key, the same one each time it is sent again;
 * what cannot carry one is sent again only when surely nobody has acted on it. No call lasts longer
 * than its deadline; only uploads, downloads and streams may, and these end when nothing moves any
 * more. Memory does not depend on the length of what is streamed. Fields and values of a newer
 * gateway are passed over.
 */
@NullMarked
package io.taskfleet.client;

import org.jspecify.annotations.NullMarked;
