package io.taskfleet.gateway.socket;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.taskfleet.wire.PayloadReader;
import io.taskfleet.wire.RefusedJsonException;
import io.taskfleet.wire.StrictJson;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads what clients say, as strictly as bodies are read. */
final class FrameReader {
  private static final int LONGEST_REF = 64;

  private final PayloadReader payloads;

  FrameReader(PayloadReader payloads) {
    this.payloads = payloads;
  }

  /** A frame whose type is known at most. */
  static final class Opened {
    private final ObjectNode node;
    private final @Nullable String ref;

    private Opened(ObjectNode node, @Nullable String ref) {
      this.node = node;
      this.ref = ref;
    }

    /** The client's own name for it. */
    @Nullable String ref() {
      return ref;
    }
  }

  /**
   * Reads as much as is needed to answer.
   *
   * @throws RefusedFrame if it is no JSON object, or its ref is none
   */
  Opened open(String text) throws RefusedFrame {
    try {
      ObjectNode node = StrictJson.read(text.getBytes(UTF_8), ObjectNode.class);
      JsonNode ref = node.remove("ref");
      if (ref != null && !(ref.isString() && ref.asString().length() <= LONGEST_REF)) {
        throw RefusedFrame.at("/ref", "must be text of at most " + LONGEST_REF + " characters");
      }
      return new Opened(node, ref == null ? null : ref.asString());
    } catch (RefusedJsonException e) {
      throw RefusedFrame.of(e);
    }
  }

  /**
   * What the frame says.
   *
   * @throws RefusedFrame if that breaks a rule
   */
  ClientFrame read(Opened opened) throws RefusedFrame {
    JsonNode type = opened.node.remove("type");
    if (type == null || !type.isString()) {
      throw RefusedFrame.at("/type", "must be text");
    }
    Class<? extends ClientFrame> kind = ClientFrame.TYPES.get(type.asString());
    if (kind == null) {
      throw new RefusedFrame(RefusedFrame.Code.UNKNOWN_TYPE, "there is no such type of message");
    }
    try {
      return payloads.requireValid(StrictJson.read(opened.node.toString().getBytes(UTF_8), kind));
    } catch (RefusedJsonException e) {
      throw RefusedFrame.of(e);
    }
  }
}
