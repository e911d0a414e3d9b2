package io.taskfleet.gateway.paging;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of a list.
 *
 * @param nextPageToken where to go on; null after the last page
 */
public record Slice<R>(List<R> items, @Nullable String nextPageToken) {}
