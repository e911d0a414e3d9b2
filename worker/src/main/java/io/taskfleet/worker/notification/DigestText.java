package io.taskfleet.worker.notification;

import io.taskfleet.task.NotificationPayload;
import io.taskfleet.wire.StrictJson;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Makes one notification of several. */
final class DigestText {
  private static final int LONGEST_EXCERPT = 200;
  private static final String CUT_OFF = "…";

  private DigestText() {}

  /** What is brought to the user; what was collected alone is brought as it came. */
  static NotificationPayload of(Digests.Collected collected, NotificationPayload digest) {
    boolean isOne = collected.total() == 1;
    Digests.Item first = collected.items().getFirst();
    return new NotificationPayload(
        isOne ? first.message() : cut(text(collected), NotificationPayload.LONGEST_MESSAGE),
        isOne ? first.title() : collected.total() + " notifications",
        isOne ? data(first) : data(collected),
        null,
        null,
        digest.userId(),
        digest.channels(),
        digest.urgent(),
        null,
        null);
  }

  private static String text(Digests.Collected collected) {
    return collected.items().stream()
        .map(item -> item.title() == null ? item.message() : item.title() + ": " + item.message())
        .collect(Collectors.joining("\n"));
  }

  private static @Nullable ObjectNode data(Digests.Item item) {
    return item.data() == null ? null : (ObjectNode) StrictJson.mapper().readTree(item.data());
  }

  /** As many as fit, in excerpts; what they are in full can be read as tasks. */
  private static ObjectNode data(Digests.Collected collected) {
    ObjectNode data = StrictJson.mapper().createObjectNode().put("total", collected.total());
    ArrayNode list = data.putArray("notifications");
    int left = NotificationPayload.LONGEST_DATA_FOR_A_USER - data.toString().length();
    for (Digests.Item item : collected.items()) {
      ObjectNode excerpt = StrictJson.mapper().createObjectNode().put("id", item.task().toString());
      if (item.title() != null) {
        excerpt.put("title", item.title());
      }
      excerpt.put("message", cut(item.message(), LONGEST_EXCERPT));
      left -= excerpt.toString().length() + 1;
      if (left < 0) {
        break;
      }
      list.add(excerpt);
    }
    return data;
  }

  /** Never between the halves of a character. */
  private static String cut(String text, int longest) {
    if (text.length() <= longest) {
      return text;
    }
    int end = longest - CUT_OFF.length();
    return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end)
        + CUT_OFF;
  }
}
