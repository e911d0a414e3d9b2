/**
 * How requests get at Redis, which may be away, silent or forgetful: it costs them no more than its
 * timeout, and never an answer.
 *
 * <p>Threads: a connection is shared by all and blocks nobody; background threads open and replace
 * it.
 */
@NullMarked
package io.taskfleet.gateway.redis;

import org.jspecify.annotations.NullMarked;
