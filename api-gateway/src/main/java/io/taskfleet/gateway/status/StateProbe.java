package io.taskfleet.gateway.status;

import io.taskfleet.task.TaskState;
import io.taskfleet.wire.StrictJson;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Tells whether a cached status is a final one, by its first fields only: this is asked at every
 * change, and payloads can be large.
 */
final class StateProbe {
  private StateProbe() {}

  static boolean hasEnded(byte[] json) {
    try (JsonParser parser = StrictJson.mapper().createParser(json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return false;
      }
      for (String name = parser.nextName(); name != null; name = parser.nextName()) {
        parser.nextToken();
        if (name.equals("state")) {
          return TaskState.of(parser.getString()).isTerminal();
        }
        parser.skipChildren();
      }
      return false;
    } catch (JacksonException | IllegalArgumentException notOurs) {
      return false;
    }
  }
}
