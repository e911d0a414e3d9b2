/**
 * The task type {@code email}. {@code Templates} says what a mail is to say and {@code
 * MailComposer} writes it, under a {@code Message-ID} made of the task's id so that a receiver can
 * drop the rare repeat. {@code SmtpProviders} tries the servers in turn; {@code SmtpClient} hands a
 * mail to one of them over connections that are kept, on which {@code SmtpConnection} leads the
 * dialogue; {@code SmtpRefusals} says whose problem a server's no is. {@code EmailRecords} is what
 * Postgres knows.
 *
 * <p>A connection belongs to one attempt at a time, on that attempt's virtual thread. Interrupting
 * the thread closes the socket, which is how a deadline ends a call. One platform thread for each
 * server watches write timeouts and closes connections that nobody has used for a while.
 *
 * <p>Invariants: a mail goes to another server only while it is certain that none has taken it. It
 * goes to all recipients that the server takes; what it said of the others is in the result, and
 * those it put off are the recipients of a follow-up task.
 */
@NullMarked
package io.taskfleet.worker.email;

import org.jspecify.annotations.NullMarked;
