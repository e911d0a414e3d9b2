/**
 * Templates of mails, kept for the workers who fill them in. They are rows, one for each version.
 *
 * <p>Threads: requests work on their own threads, with Postgres few at a time.
 *
 * <p>Invariants: what is stored is a template; a version never changes; a template of another
 * tenant is not there.
 */
@NullMarked
package io.taskfleet.gateway.template;

import org.jspecify.annotations.NullMarked;
