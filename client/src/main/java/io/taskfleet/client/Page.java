package io.taskfleet.client;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of a list.
 *
 * @param nextPageToken where the next one begins; null after the last. A page may be empty and yet
 *     have a next one
 */
public record Page<T>(List<T> items, @Nullable String nextPageToken) {}
