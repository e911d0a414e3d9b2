/**
 * Lists in pages: what a request asks for, what of the rows is shown, and the token that asks for
 * the next page.
 *
 * <p>Threads: values and functions only.
 *
 * <p>Invariants: a token is good for the list that gave it out, of the same tenant and with the
 * same filters, and for no other; rows are read behind a place, never by offset, so that nothing is
 * shown twice or left out because something came or went meanwhile.
 */
@NullMarked
package io.taskfleet.gateway.paging;

import org.jspecify.annotations.NullMarked;
