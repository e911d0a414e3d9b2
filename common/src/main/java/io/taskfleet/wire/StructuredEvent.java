package io.taskfleet.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.taskfleet.task.ReasonCode;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A CloudEvent in structured mode: attributes and data in one JSON object (CloudEvents JSON format
 * 1.0 §3).
 *
 * @param attributes by the header names of binary mode
 */
@SuppressWarnings("ArrayRecordComponent") // bytes are passed on, never compared
record StructuredEvent(Map<String, String> attributes, byte[] data) {
  static final String CONTENT_TYPE = "application/cloudevents+json";

  static StructuredEvent parse(byte[] value) throws RefusedJsonException {
    ObjectNode event = StrictJson.read(value, ObjectNode.class);
    JsonNode data = event.get("data");
    if (data == null) {
      throw new RefusedJsonException("/data", ReasonCode.MALFORMED, "the event has no JSON data");
    }
    Map<String, String> attributes = new HashMap<>();
    for (Map.Entry<String, JsonNode> field : event.properties()) {
      JsonNode attribute = field.getValue();
      if (!field.getKey().equals("data") && attribute.isValueNode() && !attribute.isNull()) {
        attributes.put("ce_" + field.getKey(), attribute.asString());
      }
    }
    attributes.putIfAbsent(TaskHeaders.SPEC_VERSION, "");
    return new StructuredEvent(attributes, data.toString().getBytes(UTF_8));
  }
}
