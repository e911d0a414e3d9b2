package com.example.thumbnail;

import io.taskfleet.handler.PermanentFailureException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Iterator;
import java.util.function.IntConsumer;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/** An image in memory. */
record Picture(BufferedImage image) {

  /**
   * The image in these bytes.
   *
   * @throws PermanentFailureException if there is none, or it has too many pixels
   */
  static Picture read(byte[] bytes, int maxPixels) throws PermanentFailureException {
    try (ImageInputStream in = ImageIO.createImageInputStream(new ByteArrayInputStream(bytes))) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        throw new PermanentFailureException("the image is of no known format");
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(in, true, true);
        // A few bytes can claim to be an image that fills the memory.
        if ((long) reader.getWidth(0) * reader.getHeight(0) > maxPixels) {
          throw new PermanentFailureException("the image has more than " + maxPixels + " pixels");
        }
        return new Picture(reader.read(0));
      } finally {
        reader.dispose();
      }
    } catch (IOException | RuntimeException broken) {
      // Nothing was read but memory: it is the image, and will be the next time.
      throw new PermanentFailureException("the image cannot be read");
    }
  }

  /**
   * The same image, so wide or less: each pixel is the mean of those it stands for.
   *
   * @param progress told the percents done
   */
  BufferedImage scaledTo(int mostWidth, IntConsumer progress) throws InterruptedException {
    int width = Math.min(mostWidth, image.getWidth());
    int height = Math.max(1, Math.round((float) image.getHeight() * width / image.getWidth()));
    BufferedImage small = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
    for (int y = 0; y < height; y++) {
      // Past the deadline, cancelled, or the worker stops: nobody else can end a computation.
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      int top = y * image.getHeight() / height;
      int bottom = Math.max(top + 1, (y + 1) * image.getHeight() / height);
      for (int x = 0; x < width; x++) {
        int left = x * image.getWidth() / width;
        int right = Math.max(left + 1, (x + 1) * image.getWidth() / width);
        small.setRGB(x, y, mean(left, top, right, bottom));
      }
      progress.accept(100 * (y + 1) / height);
    }
    return small;
  }

  private int mean(int left, int top, int right, int bottom) {
    long[] sums = new long[4];
    for (int y = top; y < bottom; y++) {
      for (int x = left; x < right; x++) {
        int pixel = image.getRGB(x, y);
        for (int channel = 0; channel < sums.length; channel++) {
          sums[channel] += pixel >>> (8 * channel) & 0xFF;
        }
      }
    }
    long count = (long) (right - left) * (bottom - top);
    int mean = 0;
    for (int channel = 0; channel < sums.length; channel++) {
      mean |= (int) (sums[channel] / count) << (8 * channel);
    }
    return mean;
  }
}
