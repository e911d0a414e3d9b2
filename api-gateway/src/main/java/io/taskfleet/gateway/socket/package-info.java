/**
 * The WebSocket at {@code /v1/ws}: notifications, chat and presence for users who hold a token.
 *
 * <p>Duty: let clients in by their token and say when it ends; keep who is connected here and to
 * which channels; send what the other gateways and the workers say, and the inbox of whoever has
 * come back. The inbox in Postgres is the truth about notifications: Redis only says that there is
 * something in it, and what it did not say is found by looking now and then. Chat, broadcasts and
 * presence go through Redis alone and reach those who are there.
 *
 * <p>Threads: a client's frames are handled one after the other on the container's virtual threads.
 * Each socket has at most one virtual thread that sends, since a send waits for a slow client
 * (Spring's decorator sends on the thread of whoever comes first, which here is Redis' only one),
 * and at most one that looks into its user's inbox. Redis' thread and the rounds wait for nothing.
 *
 * <p>Invariants: everything that is delivered is addressed by tenant and channel, and the tenant is
 * the token's; a client is sent a notification once on a connection, and again on the next unless
 * it said that it has it; what waits for a client is bounded, and one that does not read is cut
 * off; nothing identifies a client but its token, which is never sent back or logged.
 */
@NullMarked
package io.taskfleet.gateway.socket;

import org.jspecify.annotations.NullMarked;
