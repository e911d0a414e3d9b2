package io.taskfleet.gateway.contract;

import com.fasterxml.classmate.ResolvedType;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.github.victools.jsonschema.generator.CustomDefinition;
import com.github.victools.jsonschema.generator.FieldScope;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaBuilder;
import com.github.victools.jsonschema.generator.SchemaGenerationContext;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;
import com.github.victools.jsonschema.generator.impl.DefinitionKey;
import com.github.victools.jsonschema.generator.naming.SchemaDefinitionNamingStrategy;
import com.github.victools.jsonschema.module.jackson.JacksonSchemaModule;
import com.github.victools.jsonschema.module.jakarta.validation.JakartaValidationModule;
import com.github.victools.jsonschema.module.jakarta.validation.JakartaValidationOption;
import io.taskfleet.task.RawJson;
import io.taskfleet.task.Tags;
import io.taskfleet.wire.StrictJson;
import java.lang.reflect.Field;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * JSON Schemas (2020-12) of the records that are read and written: made from the records and their
 * constraints, and completed by hand where a rule is code.
 */
final class Schemas {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Map<Class<?>, String> names = new LinkedHashMap<>();
  private final Map<String, Boolean> read = new HashMap<>();

  private Schemas() {}

  /**
   * All of them, by name; references point to {@code #/components/schemas/}.
   *
   * @param described {@code read}, {@code written} and {@code plus}: names and classes of what is
   *     read from callers, of what they are told, and what is added to a schema by hand
   */
  static ObjectNode of(JsonNode described) {
    Schemas schemas = new Schemas();
    described.get("read").properties().forEach(each -> schemas.add(each, true));
    described.get("written").properties().forEach(each -> schemas.add(each, false));
    ObjectNode made = schemas.generate();
    described.get("plus").properties().forEach(each -> merge(made, each.getKey(), each.getValue()));
    replaceWords(made);
    return made;
  }

  /** Puts what the code says where a word in capitals stands for it. */
  static void replaceWords(JsonNode node) {
    if (node instanceof ObjectNode object) {
      object
          .properties()
          .forEach(
              field -> {
                JsonNode value = Words.MEANINGS.get(field.getValue().asString(""));
                if (value != null) {
                  field.setValue(value);
                }
              });
    }
    node.forEach(Schemas::replaceWords);
  }

  private void add(Map.Entry<String, JsonNode> named, boolean isRead) {
    try {
      names.put(Class.forName("io.taskfleet." + named.getValue().asString()), named.getKey());
      read.put(named.getKey(), isRead);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(named + " is no class", e);
    }
  }

  private static void merge(ObjectNode made, String name, JsonNode plus) {
    if (plus.path("whole").asBoolean(false)) {
      made.set(name, ((ObjectNode) plus.deepCopy()).without("whole"));
    } else {
      merge((ObjectNode) made.required(name), plus);
    }
  }

  private static void merge(ObjectNode into, JsonNode plus) {
    plus.properties()
        .forEach(
            field -> {
              JsonNode here = into.get(field.getKey());
              JsonNode more = field.getValue();
              if (here instanceof ObjectNode object && more.isObject()) {
                merge(object, more);
              } else if (more.isNull()) {
                into.remove(field.getKey());
              } else {
                into.set(field.getKey(), more.deepCopy());
              }
            });
  }

  private ObjectNode generate() {
    SchemaGeneratorConfigBuilder config =
        new SchemaGeneratorConfigBuilder(
            JSON, SchemaVersion.DRAFT_2020_12, OptionPreset.PLAIN_JSON);
    config
        .with(new JacksonSchemaModule())
        .with(new JakartaValidationModule(JakartaValidationOption.NOT_NULLABLE_FIELD_IS_REQUIRED))
        .with(
            Option.DEFINITIONS_FOR_ALL_OBJECTS,
            Option.PLAIN_DEFINITION_KEYS,
            Option.INLINE_NULLABLE_SCHEMAS,
            Option.MAP_VALUES_AS_ADDITIONAL_PROPERTIES)
        .without(Option.SCHEMA_VERSION_INDICATOR);
    config
        .forTypesInGeneral()
        .withCustomDefinitionProvider(Schemas::simple)
        .withDefinitionNamingStrategy(new Names())
        .withPropertySorter((_, _) -> 0);
    config
        .forFields()
        .withPropertyNameOverrideResolver(field -> snakeCase(field.getDeclaredName()))
        .withRequiredCheck(field -> !isRead(field) && !isNullable(field.getRawMember()))
        .withNullableCheck(field -> isRead(field) && isNullable(field.getRawMember()))
        .withInstanceAttributeOverride((node, field, _) -> Constraints.describe(node, field));
    SchemaBuilder builder = new SchemaGenerator(config.build()).buildMultipleSchemaDefinitions();
    names.keySet().forEach(builder::createSchemaReference);
    ObjectNode made = builder.collectDefinitions("components/schemas");
    ObjectNode whole = withSubtypesInOnePiece(made);
    whole.properties().forEach(each -> finish(each.getKey(), (ObjectNode) each.getValue()));
    return whole;
  }

  /** What a subtype is called, and what it holds, are two definitions at first. */
  private static ObjectNode withSubtypesInOnePiece(ObjectNode made) {
    for (String name : List.copyOf(made.propertyNames())) {
      if (name.endsWith("-2")) {
        String plain = name.substring(0, name.length() - 2);
        ObjectNode whole = (ObjectNode) made.remove(name);
        whole.remove("$ref");
        ObjectNode rest = (ObjectNode) made.remove(plain + "-1");
        ArrayNode required = whole.withArray("required");
        required.addAll(rest.withArray("required"));
        merge(whole, rest.without("required"));
        made.set(plain, whole);
      }
    }
    return (ObjectNode) JSON.readTree(made.toString().replaceAll("-2(?=\"})", ""));
  }

  private boolean isRead(FieldScope field) {
    return read.getOrDefault(nameOf(field.getDeclaringType().getErasedType()), false);
  }

  private static boolean isNullable(Field field) {
    return field.getAnnotatedType().isAnnotationPresent(Nullable.class);
  }

  /** What reads unknown fields refuses them, and takes one address for a list of one. */
  private void finish(String name, ObjectNode schema) {
    if (!read.getOrDefault(name, false)) {
      schema.findParents("format").forEach(each -> ((ObjectNode) each).remove("pattern"));
      return;
    }
    schema.put("additionalProperties", false);
    for (Map.Entry<Class<?>, String> each : names.entrySet()) {
      if (each.getValue().equals(name)) {
        for (Field field : each.getKey().getDeclaredFields()) {
          JsonFormat format = field.getAnnotation(JsonFormat.class);
          if (format != null) {
            oneOrMany((ObjectNode) schema.required("properties"), snakeCase(field.getName()));
          }
        }
      }
    }
  }

  private static void oneOrMany(ObjectNode properties, String name) {
    ObjectNode many = (ObjectNode) properties.required(name);
    ObjectNode either = JSON.createObjectNode();
    ArrayNode kinds = either.putArray("anyOf");
    kinds.add(many.required("items").deepCopy());
    kinds.add(many);
    properties.set(name, either);
  }

  private static @Nullable CustomDefinition simple(
      ResolvedType type, SchemaGenerationContext context) {
    ObjectNode schema = JSON.createObjectNode();
    Class<?> erased = type.getErasedType();
    if (erased.isEnum()) {
      schema
          .put("type", "string")
          .set("enum", StrictJson.mapper().valueToTree(erased.getEnumConstants()));
      return new CustomDefinition(schema);
    }
    if (erased == UUID.class) {
      schema.put("type", "string").put("format", "uuid");
    } else if (erased == Instant.class) {
      schema.put("type", "string").put("format", "date-time").put("pattern", Constraints.TIME);
    } else if (erased == Tags.class) {
      schema.put("type", "array").putObject("items").put("type", "string");
    } else if (erased == ObjectNode.class || erased == Map.class) {
      schema.put("type", "object");
    } else if (erased != RawJson.class
        && erased != JsonNode.class
        && !erased.getSimpleName().equals("JsonSpan")) {
      return null;
    }
    return new CustomDefinition(schema, true);
  }

  private String nameOf(Class<?> type) {
    String given = names.get(type);
    if (given != null) {
      return given;
    }
    Class<?> outer = type.getEnclosingClass();
    return (outer == null ? "" : nameOf(outer)) + type.getSimpleName();
  }

  private static String snakeCase(String name) {
    return name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
  }

  /** Names as they are given here, else those of the classes. */
  private final class Names implements SchemaDefinitionNamingStrategy {
    @Override
    public String getDefinitionNameForKey(DefinitionKey key, SchemaGenerationContext context) {
      return nameOf(key.getType().getErasedType());
    }
  }
}
