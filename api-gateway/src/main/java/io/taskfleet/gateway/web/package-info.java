/**
 * HTTP itself: request bodies, problem answers and the headers that every response carries.
 *
 * <p>Threads: everything runs on the thread of its request; nothing is shared that changes.
 *
 * <p>Invariants: a body is read up to its limit and no further; every error, from the controllers,
 * the filters or Tomcat itself, is one problem document (RFC 9457) without stack traces, class
 * names or SQL, and repeats nothing the caller sent; every response has {@code X-Process-Time} and
 * {@code traceparent}.
 */
@NullMarked
package io.taskfleet.gateway.web;

import org.jspecify.annotations.NullMarked;
