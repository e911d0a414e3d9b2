package io.taskfleet.gateway.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;

class OutboxTest {
  private static final int LIMIT = 100;

  private final Semaphore allowed = new Semaphore(0);
  private final List<String> sent = new CopyOnWriteArrayList<>();
  private final List<Integer> closed = new CopyOnWriteArrayList<>();
  private final Outbox outbox = new Outbox(session(), LIMIT);

  @Test
  void sendsInOrder() {
    allowed.release(50);
    List<String> all = IntStream.range(0, 50).mapToObj(Integer::toString).toList();

    all.forEach(this::send);

    await().until(() -> sent.size() == all.size());
    assertThat(sent).isEqualTo(all);
  }

  @Test
  void cutsOffAClientForWhomTooMuchWaits() {
    for (int i = 0; i < 20; i++) {
      send("0123456789");
    }
    allowed.release(100);

    await().until(() -> !closed.isEmpty());
    assertThat(closed).containsExactly(CloseStatus.SERVICE_OVERLOAD.getCode());
    // Only what was under way.
    assertThat(sent).hasSizeLessThanOrEqualTo(1);
  }

  @Test
  void takesWhatIsTooLargeIfItIsAlone() {
    allowed.release(2);

    send("x".repeat(10 * LIMIT));
    await().until(() -> sent.size() == 1);
    send("y");

    await().until(() -> sent.size() == 2);
    assertThat(closed).isEmpty();
  }

  @Test
  void closesWhenWhatWaitsIsSent() {
    send("a");
    send("b");
    outbox.finish(CloseStatus.POLICY_VIOLATION);
    send("c");
    allowed.release(3);

    await().until(() -> !closed.isEmpty());
    assertThat(sent).containsExactly("a", "b");
    assertThat(closed).containsExactly(CloseStatus.POLICY_VIOLATION.getCode());
  }

  @Test
  void waitsForRoomIfTold() throws Exception {
    Thread patient =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    for (int i = 0; i < 20; i++) {
                      outbox.sendPatiently(new TextMessage("0123456789"));
                    }
                  } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                  }
                });
    await().until(() -> patient.getState() == Thread.State.WAITING);
    allowed.release(20);

    patient.join();
    await().until(() -> sent.size() == 20);
    assertThat(closed).isEmpty();
  }

  private void send(String text) {
    outbox.send(new TextMessage(text));
  }

  private WebSocketSession session() {
    return (WebSocketSession)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {WebSocketSession.class},
            (proxy, method, arguments) -> called(method.getName(), arguments[0]));
  }

  private @Nullable Object called(String method, Object argument) throws InterruptedException {
    if (method.equals("sendMessage")) {
      allowed.acquire();
      sent.add(((TextMessage) argument).getPayload());
    } else {
      closed.add(((CloseStatus) argument).getCode());
    }
    return null;
  }
}
