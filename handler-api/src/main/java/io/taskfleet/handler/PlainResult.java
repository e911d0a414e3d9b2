package io.taskfleet.handler;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What {@link HandlerResult} says, and nothing else. */
record PlainResult(@Nullable Object value, List<FollowUp> followUps) implements HandlerResult {}
