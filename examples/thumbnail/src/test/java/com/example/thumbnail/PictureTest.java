package com.example.thumbnail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskfleet.handler.PermanentFailureException;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PictureTest {

  @Test
  void aSmallPixelIsTheMeanOfThoseItStandsFor() throws Exception {
    List<Integer> progress = new ArrayList<>();

    BufferedImage small =
        Picture.read(Images.twoColours(300, 200), 1_000_000).scaledTo(100, progress::add);

    assertThat(small.getWidth()).isEqualTo(100);
    assertThat(small.getHeight()).isEqualTo(67);
    assertThat(small.getRGB(0, 0)).isEqualTo(0xFFFF0000);
    assertThat(small.getRGB(99, 66)).isEqualTo(0xFF0000FF);
    assertThat(progress).isSorted().endsWith(100);
  }

  @Test
  void refusesWhatIsNoImageAndWhatIsTooLarge() throws Exception {
    byte[] png = Images.twoColours(300, 200);

    assertThatThrownBy(() -> Picture.read(new byte[] {1, 2, 3}, 1_000_000))
        .isInstanceOf(PermanentFailureException.class);
    assertThatThrownBy(() -> Picture.read(Arrays.copyOf(png, png.length / 2), 1_000_000))
        .isInstanceOf(PermanentFailureException.class);
    assertThatThrownBy(() -> Picture.read(png, 59_999))
        .isInstanceOf(PermanentFailureException.class)
        .hasMessageContaining("59999 pixels");
  }

  @Test
  void stopsWhenItIsInterrupted() throws Exception {
    Picture picture = Picture.read(Images.twoColours(300, 200), 1_000_000);

    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> picture.scaledTo(100, _ -> {}))
        .isInstanceOf(InterruptedException.class);
  }
}
