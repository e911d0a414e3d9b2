package com.example.thumbnail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskfleet.handler.test.Recorded;
import io.taskfleet.handler.test.TaskHandlerTester;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The handler as a worker calls it, and what the worker records. */
class ThumbnailHandlerIT {
  @TempDir private static Path directory;

  private static TaskHandlerTester tester;

  @BeforeAll
  static void start() {
    tester =
        TaskHandlerTester.of(
            new ThumbnailProvider(), new ThumbnailProperties(directory, 1_000_000));
  }

  @AfterAll
  static void stop() {
    tester.close();
  }

  @Test
  void putsTheSmallImageIntoItsAlbumAndCountsIt() throws Exception {
    UUID id = tester.submit(new ThumbnailPayload("summer", Images.twoColours(300, 200), 100));

    Recorded task = tester.attempt(id);

    assertThat(task.state()).isEqualTo("succeeded");
    assertThat(task.result())
        .isEqualTo("{\"file\":\"summer/%s.png\",\"width\":100,\"height\":67}".formatted(id));
    BufferedImage small = ImageIO.read(directory.resolve("summer", id + ".png").toFile());
    assertThat(small.getWidth()).isEqualTo(100);
    assertThat(tester.followUps(id))
        .singleElement()
        .satisfies(
            next -> {
              assertThat(next.type()).isEqualTo("analytics");
              assertThat(next.payload()).contains("thumbnail.made", "6700");
            });
  }

  @Test
  void whatIsNoImageIsDeadAtOnce() {
    UUID id = tester.submit(new ThumbnailPayload("summer", new byte[] {1, 2, 3}, 100));

    Recorded task = tester.attempt(id);

    assertThat(task.state()).isEqualTo("dead");
    assertThat(task.errorCode()).isEqualTo("REJECTED");
    assertThat(task.errorDetail()).isEqualTo("the image is of no known format");
    assertThat(task.attempts()).isOne();
    assertThat(tester.followUps(id)).isEmpty();
  }

  @Test
  void aPayloadThatBreaksARuleNeverReachesTheHandler() {
    UUID id = tester.submit("{\"album\":\"../etc\",\"image\":\"AQID\",\"width\":100}");

    Recorded task = tester.attempt(id);

    assertThat(task.state()).isEqualTo("dead");
    assertThat(task.errorCode()).isEqualTo("VALIDATION_FAILED");
    assertThat(task.attempts()).isZero();
  }

  @Test
  void aDiskThatIsInTheWayIsTriedAgainLater() throws Exception {
    Path inTheWay = Files.createFile(directory.resolve("winter"));
    UUID id = tester.submit(new ThumbnailPayload("winter", Images.twoColours(30, 20), 16));

    Recorded first = tester.attempt(id);

    assertThat(first.state()).isEqualTo("retrying");
    assertThat(first.dueAt()).isAfterOrEqualTo(tester.clock().instant());
    Files.delete(inTheWay);
    tester.clock().advance(Duration.ofSeconds(1));
    assertThat(tester.attempt(id).state()).isEqualTo("succeeded");
    assertThatThrownBy(() -> tester.attempt(id)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aDiskThatStaysInTheWayEndsInADeadLetter() throws Exception {
    Files.createFile(directory.resolve("autumn"));
    UUID id = tester.submit(new ThumbnailPayload("autumn", Images.twoColours(30, 20), 16));

    Recorded last = tester.attemptToTheEnd(id);

    assertThat(last.state()).isEqualTo("dead");
    assertThat(last.errorCode()).isEqualTo("RETRIES_EXHAUSTED");
    assertThat(last.attempts()).isEqualTo(8);
  }
}
