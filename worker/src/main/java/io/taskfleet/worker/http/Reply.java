package io.taskfleet.worker.http;

import io.taskfleet.wire.RefusedJsonException;
import io.taskfleet.wire.StrictJson;
import io.taskfleet.worker.outbound.OutboundReply;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The result of a call: the status, and the body in one of three forms.
 *
 * @param body JSON, if it is that
 * @param text otherwise, if it is UTF-8 that Postgres can hold
 * @param base64 otherwise
 * @param truncated set if there was more than is kept
 * @param stale set if this is an earlier reply, because none can be had now
 * @param age how long ago the earlier reply came
 */
@SuppressWarnings("ArrayRecordComponent") // bytes are passed on, never compared
record Reply(
    int status,
    @Nullable JsonNode body,
    @Nullable String text,
    byte @Nullable [] base64,
    @Nullable Boolean truncated,
    @Nullable Boolean stale,
    @Nullable Duration age) {

  static Reply of(OutboundReply reply) {
    byte[] bytes = reply.body();
    Boolean truncated = reply.truncated() ? true : null;
    if (bytes.length == 0) {
      return new Reply(reply.status(), null, null, null, truncated, null, null);
    }
    JsonNode json = reply.truncated() ? null : json(bytes);
    String text = json == null ? text(bytes, !reply.truncated()) : null;
    return new Reply(
        reply.status(),
        json,
        text,
        json == null && text == null ? bytes : null,
        truncated,
        null,
        null);
  }

  Reply staleBy(Duration time) {
    return new Reply(status, body, text, base64, truncated, true, time);
  }

  private static @Nullable JsonNode json(byte[] bytes) {
    try {
      return StrictJson.read(bytes, JsonNode.class);
    } catch (RefusedJsonException notJson) {
      return null;
    }
  }

  /** The cut may go through a character, which is left out then. */
  private static @Nullable String text(byte[] bytes, boolean whole) {
    CharBuffer text = CharBuffer.allocate(bytes.length);
    CoderResult result =
        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes), text, whole);
    String decoded = text.flip().toString();
    return result.isError() || decoded.indexOf('\0') >= 0 ? null : decoded;
  }
}
