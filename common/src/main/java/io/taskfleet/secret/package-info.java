/**
 * How secrets are kept in Postgres: sealed with AES-256-GCM under a key that Postgres does not
 * have. The gateway seals them, the worker opens them, so both must agree.
 *
 * <p>No threads and no state: values.
 *
 * <p>Invariants: what was sealed for one place opens in no other; a key is known by an id that is
 * kept beside what it sealed, so that it can be replaced while old seals still open.
 */
@NullMarked
package io.taskfleet.secret;

import org.jspecify.annotations.NullMarked;
