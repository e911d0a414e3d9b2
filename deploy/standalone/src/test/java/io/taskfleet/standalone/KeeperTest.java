package io.taskfleet.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeeperTest {
  @TempDir Path directory;

  private final List<String> reports = new CopyOnWriteArrayList<>();
  private HttpServer health;
  private @Nullable Keeper started;

  @BeforeEach
  void answerThatAllIsWell() throws IOException {
    health = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    health.createContext(
        "/actuator/health/readiness",
        exchange -> {
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    health.start();
  }

  @AfterEach
  void stop() {
    if (started != null) {
      started.kill();
    }
    health.stop(0);
  }

  @Test
  void startsAProcessAgainThatWasKilled() throws Exception {
    Keeper keeper = keeper("exec sleep 60");
    Child first = keeper.firstReady().get(10, TimeUnit.SECONDS);

    first.kill();

    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> keeper.member().pid() != first.pid() && isAlive(keeper.member().pid()));
    assertThat(reports)
        .containsExactly(
            "sleeper (pid " + first.pid() + ") died: signal 9; restarting it in 500 ms");
  }

  @Test
  void leavesAProcessAloneThatWasAskedToEnd() throws Exception {
    Keeper keeper = keeper("exec sleep 60");
    Child child = keeper.firstReady().get(10, TimeUnit.SECONDS);

    keeper.terminate();

    assertThat(keeper.awaitEnd(Duration.ofSeconds(5))).isTrue();
    assertThat(keeper.member().pid()).isEqualTo(child.pid());
    assertThat(reports).isEmpty();
  }

  @Test
  void killsAProcessThatDoesNotEnd() throws Exception {
    Keeper keeper = keeper("trap '' TERM; echo trapped; while :; do sleep 1; done");
    Child child = keeper.firstReady().get(10, TimeUnit.SECONDS);
    await().until(() -> child.tail().contains("trapped"));

    keeper.terminate();

    assertThat(keeper.awaitEnd(Duration.ofMillis(200))).isFalse();
    assertThat(isAlive(child.pid())).isFalse();
  }

  @Test
  void tellsTheEndOfTheLogWhenAProcessDiesBeforeItIsReady() {
    health.removeContext("/actuator/health/readiness");
    Keeper keeper = keeper("echo no room; exit 3");

    assertThatThrownBy(() -> keeper.firstReady().get(10, TimeUnit.SECONDS))
        .hasMessageContaining("died: exit code 3")
        .hasMessageContaining("no room");
  }

  private Keeper keeper(String script) {
    ChildSpec spec =
        new ChildSpec(
            "sleeper",
            List.of("/bin/sh", "-c", script),
            Map.of(),
            directory.resolve("sleeper.log"),
            URI.create("http://127.0.0.1:" + health.getAddress().getPort()));
    started = new Keeper(spec, new Readiness(), reports::add, () -> {}).start();
    return started;
  }

  private static boolean isAlive(long pid) {
    return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent();
  }
}
