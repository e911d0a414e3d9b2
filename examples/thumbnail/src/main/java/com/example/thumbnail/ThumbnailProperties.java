package com.example.thumbnail;

import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * {@code taskfleet.types.thumbnail.*}.
 *
 * @param directory where small images are put, in a directory for each album
 * @param maxPixels larger images are refused; 50 million if absent
 */
public record ThumbnailProperties(@NotNull Path directory, @Nullable @Min(1) Integer maxPixels) {
  private static final int MANY = 50_000_000;

  int maxPixelsOrMany() {
    return maxPixels == null ? MANY : maxPixels;
  }
}
