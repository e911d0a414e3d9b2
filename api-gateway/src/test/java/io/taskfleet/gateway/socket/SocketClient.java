package io.taskfleet.gateway.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.gateway.TestGateway;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A WebSocket of a test. */
final class SocketClient implements WebSocket.Listener, AutoCloseable {
  static final int CUT_OFF = 1006;

  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final BlockingQueue<JsonNode> frames = new LinkedBlockingQueue<>();
  private final CompletableFuture<Integer> closed = new CompletableFuture<>();
  private final StringBuilder part = new StringBuilder();
  private final WebSocket socket;

  private SocketClient(TestGateway gateway, String... protocols) {
    URI uri = URI.create(gateway.url().replace("http", "ws") + "/v1/ws");
    WebSocket.Builder builder = HTTP.newWebSocketBuilder();
    if (protocols.length > 0) {
      builder.subprotocols(protocols[0], Arrays.copyOfRange(protocols, 1, protocols.length));
    }
    socket = builder.buildAsync(uri, this).join();
  }

  /** A socket that has shown no token. */
  static SocketClient stranger(TestGateway gateway) {
    return new SocketClient(gateway);
  }

  /** A socket that offers a token, good or not. */
  static SocketClient offering(TestGateway gateway, String token) {
    return new SocketClient(gateway, Door.PROTOCOL, "bearer." + token);
  }

  /** A socket that has been let in. */
  static SocketClient in(TestGateway gateway, String token) {
    SocketClient client = offering(gateway, token);
    assertThat(client.socket.getSubprotocol()).isEqualTo(Door.PROTOCOL);
    client.next("ready");
    return client;
  }

  SocketClient subscribed(String channel) {
    say("{'type':'subscribe','channel':'%s'}", channel);
    JsonNode _ = until("subscribed");
    return this;
  }

  /** The next frame of this type, whatever comes before it. */
  JsonNode until(String type) {
    JsonNode frame = next();
    while (!frame.path("type").asString().equals(type)) {
      frame = next();
    }
    return frame;
  }

  /** The next frame about this user, whatever comes before it. */
  JsonNode about(String user) {
    JsonNode frame = next();
    while (!frame.path("user_id").asString("").equals(user)) {
      frame = next();
    }
    return frame;
  }

  /** Says this, in which single quotes stand for double ones. */
  void say(String json, Object... values) {
    sayText(json.replace('\'', '"').formatted(values));
  }

  void sayText(String text) {
    try {
      socket.sendText(text, true).join();
    } catch (CompletionException gone) {
      closed.complete(CUT_OFF);
    }
  }

  void sayBinary(byte[] bytes) {
    socket.sendBinary(ByteBuffer.wrap(bytes), true).join();
  }

  /** The next frame, which is of this type. */
  JsonNode next(String type) {
    JsonNode frame = next();
    assertThat(frame.path("type").asString()).as(frame.toString()).isEqualTo(type);
    return frame;
  }

  JsonNode next() {
    try {
      JsonNode frame = frames.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      assertThat((Object) frame).as("closed: %s", closed).isNotNull();
      return frame;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What has come so far and was not looked at; nothing else is on its way any more. */
  List<JsonNode> rest() {
    say("{'type':'ping','ref':'rest'}");
    List<JsonNode> rest = new ArrayList<>();
    for (JsonNode frame = next(); !frame.path("type").asString().equals("pong"); frame = next()) {
      rest.add(frame);
    }
    return rest;
  }

  /** Those frames that have come. */
  List<JsonNode> taken() {
    List<JsonNode> taken = new ArrayList<>();
    frames.drainTo(taken);
    return taken;
  }

  /** With which code the socket is closed. */
  int closeCode() {
    return closed.orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS).join();
  }

  boolean isClosed() {
    return closed.isDone();
  }

  /** Breaks the connection without a word. */
  void cut() {
    socket.abort();
  }

  @Override
  public void close() {
    try {
      socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
    } catch (CompletionException closedAlready) {
      socket.abort();
    }
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
    part.append(data);
    if (last) {
      frames.add(JsonMapper.shared().readTree(part.toString()));
      part.setLength(0);
    }
    from.request(1);
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
    closed.complete(code);
    return null;
  }

  @Override
  public void onError(WebSocket from, Throwable error) {
    closed.complete(CUT_OFF);
  }
}
