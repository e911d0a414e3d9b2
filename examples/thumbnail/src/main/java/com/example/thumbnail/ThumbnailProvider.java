package com.example.thumbnail;

import io.taskfleet.handler.HandlerProvider;
import io.taskfleet.handler.HandlerSetup;
import io.taskfleet.handler.TaskHandler;
import io.taskfleet.handler.TaskType;

/** Named in {@code META-INF/services}, so that workers find it. */
public final class ThumbnailProvider implements HandlerProvider {
  /** The type, whose name is in topics, properties and metrics. */
  public static final TaskType<ThumbnailPayload> TYPE =
      new TaskType<>("thumbnail", ThumbnailPayload.class);

  @Override
  public TaskType<ThumbnailPayload> type() {
    return TYPE;
  }

  @Override
  public TaskHandler<ThumbnailPayload> handler(HandlerSetup setup) {
    return new ThumbnailHandler(setup.properties(ThumbnailProperties.class));
  }
}
