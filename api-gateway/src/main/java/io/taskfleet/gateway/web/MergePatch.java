package io.taskfleet.gateway.web;

import io.taskfleet.wire.StrictJson;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A JSON merge patch (RFC 7396): what it names is replaced, what it names null is removed, and
 * objects are patched in their turn.
 */
public record MergePatch(ObjectNode changes) {

  /**
   * The patch in this body.
   *
   * @throws ProblemException if the body is malformed or no object
   */
  public static MergePatch read(byte[] body) {
    return new MergePatch(JsonBody.read(body, ObjectNode.class));
  }

  /** Whether it names one of these members. */
  public boolean isAbout(String... members) {
    for (String member : members) {
      if (changes.has(member)) {
        return true;
      }
    }
    return false;
  }

  /** The JSON of this value, patched. */
  public byte[] appliedTo(Object value) {
    JsonMapper mapper = StrictJson.mapper();
    JsonNode current = mapper.readTree(mapper.writeValueAsBytes(value));
    return mapper.writeValueAsBytes(merged(current, changes));
  }

  private static JsonNode merged(JsonNode target, JsonNode patch) {
    if (!(patch instanceof ObjectNode members)) {
      return patch;
    }
    ObjectNode result =
        target instanceof ObjectNode object ? object : StrictJson.mapper().createObjectNode();
    for (Map.Entry<String, JsonNode> member : members.properties()) {
      String name = member.getKey();
      if (member.getValue().isNull()) {
        result.remove(name);
      } else {
        result.set(name, merged(result.path(name), member.getValue()));
      }
    }
    return result;
  }
}
