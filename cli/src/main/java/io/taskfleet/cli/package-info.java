/**
 * What people and scripts call the gateway with: {@code fleet submit} and its like.
 *
 * <p>Threads: one, the caller's; an upload is read by a thread of the HTTP client, which also draws
 * its progress.
 *
 * <p>Invariants: standard output holds what was asked for and nothing else; progress, notes and
 * errors go to standard error, and progress only to a terminal. {@link io.taskfleet.cli.ExitCode}
 * says how it went. The key is never printed.
 */
@NullMarked
package io.taskfleet.cli;

import org.jspecify.annotations.NullMarked;
