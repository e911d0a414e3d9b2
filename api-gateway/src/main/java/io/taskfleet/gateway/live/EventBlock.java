package io.taskfleet.gateway.live;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Blocks of an event stream, as the WHATWG's HTML standard spells them (§9.2.6). */
final class EventBlock {
  private static final byte[] BEAT = ":\n".getBytes(UTF_8);
  private static final int FIELDS = 32;

  private EventBlock() {}

  /** How long the client should wait before it connects again. */
  static byte[] retry(Duration time) {
    return ("retry: " + time.toMillis() + "\n\n").getBytes(UTF_8);
  }

  /** An event. Line breaks between the values of the JSON become blanks; there are no others. */
  static byte[] event(String name, String id, byte[] json) {
    String head = "event: " + name + "\nid: " + id + "\ndata: ";
    ByteArrayOutputStream block =
        new ByteArrayOutputStream(json.length + name.length() + id.length() + FIELDS);
    block.writeBytes(head.getBytes(UTF_8));
    for (byte each : json) {
      block.write(each == '\n' || each == '\r' ? ' ' : each);
    }
    block.writeBytes("\n\n".getBytes(UTF_8));
    return block.toByteArray();
  }

  /** A comment; with an id if the client is further than its last event says. */
  static byte[] beat(@Nullable String id) {
    if (id == null) {
      return ":\n\n".getBytes(UTF_8);
    }
    ByteArrayOutputStream block = new ByteArrayOutputStream(id.length() + FIELDS);
    block.writeBytes(BEAT);
    block.writeBytes(("id: " + id + "\n\n").getBytes(UTF_8));
    return block.toByteArray();
  }
}
