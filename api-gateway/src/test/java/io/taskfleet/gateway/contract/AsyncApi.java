package io.taskfleet.gateway.contract;

import io.taskfleet.task.BuiltInTypes;
import io.taskfleet.task.Priority;
import io.taskfleet.task.ReasonCode;
import io.taskfleet.wire.TaskCodec;
import io.taskfleet.wire.TaskHeaders;
import io.taskfleet.wire.Topics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The AsyncAPI document: topics, types and reasons from the code, payloads from the records,
 * headers in words from {@code topics.yaml}.
 */
final class AsyncApi {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String COMPONENTS = "#/components/";

  /** Of a CloudEvent. */
  static final List<String> REQUIRED =
      List.of(TaskHeaders.SPEC_VERSION, TaskHeaders.ID, TaskHeaders.TYPE, TaskHeaders.SOURCE);

  /** Payload schemas by task type, and that of the gateway's own type. */
  private static final Map<String, String> PAYLOADS = new LinkedHashMap<>(Words.PAYLOADS);

  static {
    PAYLOADS.put(BuiltInTypes.BATCH.name(), BuiltInTypes.BATCH.payload().getSimpleName());
  }

  private final ObjectNode words = Yaml.read(OpenApi.WORDS.resolve("topics.yaml"));
  private final ObjectNode document = JSON.createObjectNode();
  private final ObjectNode messages = JSON.createObjectNode();

  private AsyncApi() {}

  static ObjectNode document() {
    AsyncApi api = new AsyncApi();
    api.write();
    return api.document;
  }

  /** The words it is made with. */
  static ObjectNode words() {
    return new AsyncApi().words;
  }

  static String yaml(ObjectNode document) {
    DumpSettings settings =
        DumpSettings.builder().setDefaultFlowStyle(FlowStyle.BLOCK).setWidth(160).build();
    return new Dump(settings).dumpToString(JSON.convertValue(document, LinkedHashMap.class));
  }

  private void write() {
    document.set("asyncapi", words.get("asyncapi"));
    document.set("info", words.get("info"));
    document.put("defaultContentType", "application/json");
    ObjectNode channels = document.putObject("channels");
    ObjectNode operations = document.putObject("operations");
    for (Map.Entry<String, String> type : PAYLOADS.entrySet()) {
      String name = type.getKey();
      for (Priority priority : Priority.values()) {
        String topic = Topics.of(name, priority);
        String about = "Tasks of type %s, priority %s.".formatted(name, priority.label());
        addChannel(channels, topic, name + "Task", about);
        addOperation(operations, "receive", topic, "Workers take tasks from here.");
      }
      String deadLetters = Topics.deadLetter(name);
      addChannel(channels, deadLetters, name + "DeadLetter", "Tasks of this type that died.");
      addOperation(operations, "send", deadLetters, "Workers put here what cannot be done.");
      addTask(name, type.getValue());
      addDeadLetter(name);
    }
    addChannel(channels, Topics.EVENTS, "lifecycleEvent", "Every change of a task's state.");
    addOperation(operations, "send", Topics.EVENTS, "Workers tell here what happens.");
    addEvent();
    ObjectNode components = document.putObject("components");
    components.set("messages", messages);
    ObjectNode schemas = components.putObject("schemas");
    addSchemas(schemas);
  }

  private static void addChannel(ObjectNode channels, String topic, String message, String about) {
    ObjectNode channel = channels.putObject(topic);
    channel.put("address", topic).put("description", about);
    channel
        .putObject("messages")
        .putObject(message)
        .put("$ref", COMPONENTS + "messages/" + message);
  }

  private static void addOperation(
      ObjectNode operations, String action, String topic, String about) {
    ObjectNode operation = operations.putObject(action + ' ' + topic);
    operation.put("action", action).put("summary", about);
    operation.putObject("channel").put("$ref", "#/channels/" + topic);
  }

  private void addTask(String type, String payload) {
    ObjectNode message = message(type + "Task", "a task of type " + type);
    message.putObject("headers").put("$ref", COMPONENTS + "schemas/TaskHeaders");
    message.putObject("payload").put("$ref", COMPONENTS + "schemas/" + payload);
    key(message, "the ordering key: tasks of one topic with one key start in order; UTF-8");
    ObjectNode example = message.putArray("examples").addObject();
    example.putObject("headers").put("ce_type", TaskCodec.eventType(type));
  }

  private void addDeadLetter(String type) {
    ObjectNode message = message(type + "DeadLetter", "a task of type " + type + " that died");
    message.putObject("headers").put("$ref", COMPONENTS + "schemas/DeadLetterHeaders");
    message
        .putObject("payload")
        .put(
            "description",
            "byte for byte as it came; nothing if the topic refused it for its size");
    key(message, "as it came");
  }

  private void addEvent() {
    ObjectNode message = message("lifecycleEvent", "a task's new state");
    message.putObject("headers").put("$ref", COMPONENTS + "schemas/EventHeaders");
    message.putObject("payload").put("$ref", COMPONENTS + "schemas/LifecycleEvent");
    key(message, "the task's id");
  }

  private ObjectNode message(String name, String about) {
    return messages
        .putObject(name)
        .put("name", name)
        .put("title", about)
        .put("contentType", "application/json");
  }

  private static void key(ObjectNode message, String about) {
    message
        .putObject("bindings")
        .putObject("kafka")
        .putObject("key")
        .put("type", "string")
        .put("description", about);
  }

  private void addSchemas(ObjectNode schemas) {
    ObjectNode task = headers(schemas.putObject("TaskHeaders"));
    words
        .get("task")
        .properties()
        .forEach(each -> task.set(each.getKey(), each.getValue().get("schema")));
    ((ObjectNode) schemas.required("TaskHeaders")).set("dependencies", together());
    ObjectNode deadLetter = schemas.putObject("DeadLetterHeaders");
    ObjectNode reasons =
        (ObjectNode)
            headers(deadLetter)
                .setAll((ObjectNode) words.get("dead_letter").deepCopy())
                .required("taskfleet_dlt-reason");
    reasons.set("oneOf", reasons());
    deadLetter.putArray("allOf").addObject().put("$ref", COMPONENTS + "schemas/TaskHeaders");
    headers(schemas.putObject("EventHeaders")).setAll((ObjectNode) words.get("event"));
    schemas.setAll(Schemas.of(Yaml.read(OpenApi.WORDS.resolve("schemas.yaml"))));
    schemas.retain(SchemaFiles.reachable(schemas, messages));
  }

  /** With any attribute of a CloudEvent there must be all that it requires. */
  private ObjectNode together() {
    ObjectNode together = JSON.createObjectNode();
    for (String name : words.get("task").propertyNames()) {
      if (name.startsWith("ce_")) {
        ArrayNode others = together.putArray(name);
        REQUIRED.stream().filter(each -> !each.equals(name)).forEach(others::add);
      }
    }
    return together;
  }

  private static ObjectNode headers(ObjectNode schema) {
    return schema.put("type", "object").putObject("properties");
  }

  private ArrayNode reasons() {
    ArrayNode reasons = JSON.createArrayNode();
    for (ReasonCode code : ReasonCode.values()) {
      JsonNode about = words.get("reasons").required(code.name());
      reasons.addObject().put("const", code.name()).set("description", about);
    }
    return reasons;
  }
}
