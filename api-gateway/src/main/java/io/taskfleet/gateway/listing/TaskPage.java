package io.taskfleet.gateway.listing;

import io.taskfleet.gateway.status.TaskView;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of tasks.
 *
 * @param nextPageToken where to go on; null after the last page
 */
record TaskPage(List<TaskView> items, @Nullable String nextPageToken) {}
