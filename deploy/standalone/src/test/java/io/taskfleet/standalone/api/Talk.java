package io.taskfleet.standalone.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** A WebSocket client that does what the lines of a page say. */
final class Talk implements WebSocket.Listener {
  private static final int PATIENCE_SECONDS = 30;

  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private final CompletableFuture<Integer> closed = new CompletableFuture<>();
  private final StringBuilder part = new StringBuilder();
  private final WebSocket socket;

  private Talk(URI uri, String... protocols) {
    WebSocket.Builder builder = HttpClient.newHttpClient().newWebSocketBuilder();
    builder.subprotocols(protocols[0], Arrays.copyOfRange(protocols, 1, protocols.length));
    socket = builder.buildAsync(uri, this).join();
  }

  /** A client of the gateway at this URL. */
  static Talk open(String url, String... protocols) {
    return new Talk(URI.create(url.replaceFirst("http", "ws") + "/v1/ws"), protocols);
  }

  void say(String text) {
    socket.sendText(text, true).join();
  }

  /** The next frame. */
  String next() throws InterruptedException {
    String frame = heard.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertThat(frame).as("closed: %s", closed).isNotNull();
    return frame;
  }

  /** Follows a line that begins with what is to be done. */
  void follow(String line, Placeholders names, String where) throws Exception {
    String[] words = line.split(" ", 2);
    switch (words[0]) {
      case ">" -> say(names.fill(words[1]));
      case "<" ->
          names.match(
              JsonMapper.shared().readTree(words[1]), JsonMapper.shared().readTree(next()), where);
      case "close" -> socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
      case "closed" ->
          assertThat(closed.get(PATIENCE_SECONDS, TimeUnit.SECONDS))
              .as(where)
              .isEqualTo(Integer.parseInt(words[1]));
      default -> throw new IllegalArgumentException(where + ": " + line);
    }
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
    part.append(data);
    if (last) {
      heard.add(part.toString());
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
    closed.completeExceptionally(error);
  }
}
