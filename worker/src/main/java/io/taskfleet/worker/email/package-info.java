/**
 * The task type {@code email}. {@code MailComposer} writes the mail, whose {@code Message-ID} is
 * made of the task's id so that a receiver can drop the rare repeat; {@code SmtpClient} hands it to
 * the one server over connections that are kept; {@code SmtpRefusals} says in one language what the
 * server's many kinds of no mean.
 *
 * <p>A connection belongs to one attempt at a time, on that attempt's virtual thread. Interrupting
 * the thread closes the socket, which is how a deadline ends a call. One platform thread watches
 * write timeouts and closes connections that nobody has used for a while.
 *
 * <p>Invariant: a mail goes to all of its recipients or to none.
 */
@NullMarked
package io.taskfleet.worker.email;

import org.jspecify.annotations.NullMarked;
