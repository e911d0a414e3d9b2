/**
 * What the worker asks Postgres about those whom notifications are for, and notes of them. Attempts
 * ask on their own threads, few at a time; one that cannot ask is put off, and spends nothing.
 */
@NullMarked
package io.taskfleet.worker.recipient;

import org.jspecify.annotations.NullMarked;
