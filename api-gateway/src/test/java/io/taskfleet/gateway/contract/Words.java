package io.taskfleet.gateway.contract;

import io.taskfleet.gateway.security.Scope;
import io.taskfleet.task.BuiltInTypes;
import io.taskfleet.task.EmailPayload;
import io.taskfleet.task.MailHeader;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/** Words of the hand-written parts that stand for something the code says. */
final class Words {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String UUID =
      "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$";
  private static final String TAG = "^[A-Za-z0-9][A-Za-z0-9._:/@=+-]{0,63}$";
  private static final String NAME = "^(?!\\.{1,2}$)[a-zA-Z0-9._-]{1,128}$";
  private static final String DURATION =
      "^(?:\\d{1,9}(?:ms|s|m|h|d)|[Pp](?=[\\dTt])(?:\\d+[Dd])?"
          + "(?:[Tt](?=\\d)(?:\\d+[Hh])?(?:\\d+[Mm])?(?:\\d+(?:\\.\\d{0,9})?[Ss])?)?)$";

  /** Payload schemas by task type. */
  static final Map<String, String> PAYLOADS = payloads();

  /** Schemas that are files of their own, by the names of these. */
  static final Map<String, String> FILES = files();

  static final Map<String, JsonNode> MEANINGS =
      Map.ofEntries(
          Map.entry("TIME", StringNode.valueOf(Constraints.TIME)),
          Map.entry("URL", StringNode.valueOf(Constraints.URL)),
          Map.entry("HEADER", StringNode.valueOf(header())),
          Map.entry("MAIL_HEADER", StringNode.valueOf(mailHeader())),
          Map.entry("MAIL", StringNode.valueOf(Constraints.MAIL)),
          Map.entry("UUID", StringNode.valueOf(UUID)),
          Map.entry("TAG", StringNode.valueOf(TAG)),
          Map.entry("NAME", StringNode.valueOf(NAME)),
          Map.entry("TEMPLATE", StringNode.valueOf('^' + EmailPayload.TEMPLATE + '$')),
          Map.entry("DURATION", StringNode.valueOf(DURATION)),
          Map.entry("FILES", strings(List.copyOf(FILES.keySet()), Function.identity())),
          Map.entry("SCOPES", strings(List.of(Scope.values()), Scope::label)),
          Map.entry("METRICS", strings(constants("analytics.Metric"), Words::label)),
          Map.entry("STATES_OF_BATCH", strings(constants("batch.Batch$State"), Words::label)),
          Map.entry("PAYLOADS", payloadOfType()));

  private Words() {}

  private static List<?> constants(String type) {
    try {
      return List.of(Class.forName("io.taskfleet.gateway." + type).getEnumConstants());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String label(Object constant) {
    return constant.toString().toLowerCase(Locale.ROOT);
  }

  private static Map<String, String> payloads() {
    Map<String, String> schemas = new LinkedHashMap<>();
    BuiltInTypes.all().stream()
        .sorted((one, other) -> one.name().compareTo(other.name()))
        .forEach(type -> schemas.put(type.name(), type.payload().getSimpleName()));
    return schemas;
  }

  private static Map<String, String> files() {
    Map<String, String> names = new LinkedHashMap<>(PAYLOADS);
    names.put("task-request", "TaskRequest");
    names.put("task", "Task");
    names.put("lifecycle-event", "LifecycleEvent");
    return names;
  }

  private static ArrayNode payloadOfType() {
    ArrayNode rules = JSON.createArrayNode();
    PAYLOADS.forEach(
        (type, schema) -> {
          ObjectNode rule = rules.addObject();
          rule.putObject("if").putObject("properties").putObject("type").put("const", type);
          rule.putObject("then")
              .putObject("properties")
              .putObject("payload")
              .put("$ref", "#/components/schemas/" + schema);
        });
    return rules;
  }

  private static <T> ArrayNode strings(List<T> values, Function<? super T, String> text) {
    ArrayNode array = JSON.createArrayNode();
    values.stream().map(text).forEach(array::add);
    return array;
  }

  /** A header's name, none of ours; JSON Schema knows no flag that ignores case. */
  private static String header() {
    String ours =
        anyCase(
            "connection|content-length|expect|forwarded|host|keep-alive|te|trailer"
                + "|transfer-encoding|upgrade|via");
    return "^(?!(?:%s)$|%s|%s)[!#$%%&'*+.^_`|~0-9A-Za-z-]{1,100}$"
        .formatted(ours, anyCase("proxy-"), anyCase("x-forwarded-"));
  }

  private static String mailHeader() {
    return "^(?:%s)$".formatted(anyCase(String.join("|", MailHeader.Check.allowed())));
  }

  private static String anyCase(String word) {
    return Pattern.compile("[a-z]")
        .matcher(word)
        .replaceAll(letter -> "[" + letter.group().toUpperCase(Locale.ROOT) + letter.group() + "]");
  }
}
