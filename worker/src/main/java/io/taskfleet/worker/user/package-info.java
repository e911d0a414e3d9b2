/**
 * What the worker asks Postgres about users. Attempts ask on their own threads, few at a time; one
 * that cannot ask is put off, and spends nothing.
 */
@NullMarked
package io.taskfleet.worker.user;

import org.jspecify.annotations.NullMarked;
