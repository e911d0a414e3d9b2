package com.example.thumbnail;

import io.taskfleet.handler.FollowUp;
import io.taskfleet.handler.HandlerResult;
import io.taskfleet.handler.PermanentFailureException;
import io.taskfleet.handler.TaskContext;
import io.taskfleet.handler.TaskHandler;
import io.taskfleet.handler.TaskType;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;

/** Makes an image small and puts it into its album, under the task's id. */
final class ThumbnailHandler implements TaskHandler<ThumbnailPayload> {
  private final ThumbnailProperties properties;

  ThumbnailHandler(ThumbnailProperties properties) {
    this.properties = properties;
  }

  /** What the caller reads back. */
  record Thumbnail(String file, int width, int height) {}

  @Override
  public TaskType<ThumbnailPayload> type() {
    return ThumbnailProvider.TYPE;
  }

  /** It computes: it gets a thread of a small pool instead of a virtual one. */
  @Override
  public boolean isCpuBound() {
    return true;
  }

  @Override
  public HandlerResult handle(ThumbnailPayload payload, TaskContext context)
      throws IOException, InterruptedException, PermanentFailureException {
    Picture picture = Picture.read(payload.image(), properties.maxPixelsOrMany());
    context.progress(10, "read");
    BufferedImage small =
        picture.scaledTo(
            payload.width(), percent -> context.progress(10 + percent * 8 / 10, "scaling"));
    Path file = Path.of(payload.album(), context.id() + ".png");
    write(small, properties.directory().resolve(file));
    return HandlerResult.of(
        new Thumbnail(file.toString(), small.getWidth(), small.getHeight()),
        List.of(
            FollowUp.of(
                "analytics",
                Map.of("name", "thumbnail.made", "value", small.getWidth() * small.getHeight()))));
  }

  /** The same file, however often it is written: an attempt may be made again. */
  private static void write(BufferedImage image, Path file) throws IOException {
    Path album = Files.createDirectories(file.getParent());
    Path unfinished = Files.createTempFile(album, "unfinished-", ".png");
    try {
      ImageIO.write(image, "png", unfinished.toFile());
      Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(unfinished);
    }
  }
}
