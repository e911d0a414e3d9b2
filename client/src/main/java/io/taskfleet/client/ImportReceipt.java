package io.taskfleet.client;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of the lines of an import.
 *
 * @param existing how many were made before, under the same idempotency key
 * @param errors the first of the refused lines
 * @param moreErrors how many refused lines are not shown
 */
public record ImportReceipt(
    long lines,
    long created,
    long existing,
    long refused,
    List<RefusedLine> errors,
    @Nullable Long moreErrors) {}
