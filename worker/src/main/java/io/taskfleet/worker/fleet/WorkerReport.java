package io.taskfleet.worker.fleet;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a worker is doing at one moment, as the engine knows it.
 *
 * @param types the task types it works on
 * @param partitions how many it owns, of all types
 * @param inFlight tasks taken and not finished
 * @param outcomes how many attempts have ended so since the start, by outcome
 * @param lag records on its partitions that it has not taken; null if that is not known
 * @param breakers states of circuit breakers that are not closed, by dependency
 */
public record WorkerReport(
    List<String> types,
    int partitions,
    int inFlight,
    Map<String, Long> outcomes,
    @Nullable Long lag,
    Map<String, String> breakers) {}
