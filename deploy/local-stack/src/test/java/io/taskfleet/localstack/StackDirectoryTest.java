package io.taskfleet.localstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StackDirectoryTest {

  @Test
  void aSecondStackLeavesTheFirstItsLock() throws Exception {
    try (StackDirectory first = StackDirectory.open(null)) {
      Path root = Objects.requireNonNull(first.kafka().getParent());
      Files.setLastModifiedTime(root, FileTime.from(Instant.now().minusSeconds(3_600)));

      StackDirectory.open(null).close();

      assertThat(root).exists();
      assertThat(isLockedForOthers(root)).isTrue();
    }
  }

  @Test
  void aDirectoryIsUsedByOneStackAtATime(@TempDir Path given) throws Exception {
    try (StackDirectory _ = StackDirectory.open(given)) {
      assertThatExceptionOfType(LocalStackException.class)
          .isThrownBy(() -> StackDirectory.open(given))
          .withMessageContaining("Another local stack is running in");
      assertThat(isLockedForOthers(given)).isTrue();
    }

    StackDirectory.open(given).close();

    assertThat(isLockedForOthers(given)).isFalse();
  }

  @Test
  void whatAnotherHasSweptMeanwhileIsPassedOver(@TempDir Path temporary) throws Exception {
    Path gone = temporary.resolve("gone");
    Path emptied = Files.createDirectory(temporary.resolve("emptied"));
    Files.setLastModifiedTime(emptied, FileTime.from(Instant.now().minusSeconds(3_600)));

    StackDirectory.sweepIfAbandoned(gone);
    StackDirectory.sweepIfAbandoned(emptied);

    assertThat(emptied).as("nothing that keeps its owner from deleting it").isEmptyDirectory();
  }

  private static boolean isLockedForOthers(Path root) throws Exception {
    Process probe =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                LockProbe.class.getName(),
                root.resolve("stack.lock").toString())
            .inheritIO()
            .start();
    return probe.waitFor() == 0;
  }
}
