/**
 * What the worker asks Postgres about emails, and notes there beside their tasks: templates, quotas
 * and who may have taken a mail. Attempts ask on their own threads, few at a time; one that cannot
 * ask is put off, and spends nothing.
 */
@NullMarked
package io.taskfleet.worker.mailing;

import org.jspecify.annotations.NullMarked;
