package io.taskfleet.worker.type;

import com.fasterxml.classmate.ResolvedType;
import com.github.victools.jsonschema.generator.CustomDefinition;
import com.github.victools.jsonschema.generator.FieldScope;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaGenerationContext;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;
import com.github.victools.jsonschema.module.jackson.JacksonSchemaModule;
import com.github.victools.jsonschema.module.jakarta.validation.JakartaValidationModule;
import com.github.victools.jsonschema.module.jakarta.validation.JakartaValidationOption;
import io.taskfleet.handler.TaskType;
import io.taskfleet.wire.StrictJson;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.lang.annotation.Annotation;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The JSON Schema (2020-12) of a payload, from its record and the constraints on that. It refuses
 * nothing that the worker would take, but for nulls in maps and what breaks a rule in a component
 * that is not {@code @Valid}; what it cannot say, such as a rule that is a method, only the worker
 * holds a task to.
 */
final class PayloadSchema {
  private static final String TIME =
      "^\\d{4}-\\d{2}-\\d{2}[Tt]\\d{2}:\\d{2}:\\d{2}(?:\\.\\d{1,9})?(?:[Zz]|[+-]\\d{2}:\\d{2})$";
  private static final String DATE = "^[+-]?\\d{4,9}-\\d{2}-\\d{2}$";
  private static final String ID =
      "^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$";

  /** Bean Validation trims what Java calls spaces. */
  private static final String NOT_BLANK = "[^\\u0000-\\u0020]";

  private static final List<Class<? extends Annotation>> NEVER_NULL =
      List.of(NotNull.class, NotBlank.class, NotEmpty.class);

  private PayloadSchema() {}

  /** The schema of payloads of this type. */
  static ObjectNode of(TaskType<?> type) {
    SchemaGeneratorConfigBuilder config =
        new SchemaGeneratorConfigBuilder(
            JsonMapper.shared(), SchemaVersion.DRAFT_2020_12, OptionPreset.PLAIN_JSON);
    config
        .with(new JacksonSchemaModule())
        .with(new JakartaValidationModule(JakartaValidationOption.NOT_NULLABLE_FIELD_IS_REQUIRED))
        .with(
            Option.FORBIDDEN_ADDITIONAL_PROPERTIES_BY_DEFAULT,
            Option.MAP_VALUES_AS_ADDITIONAL_PROPERTIES,
            Option.NULLABLE_ARRAY_ITEMS_ALLOWED,
            Option.INLINE_NULLABLE_SCHEMAS);
    config
        .forTypesInGeneral()
        .withCustomDefinitionProvider(PayloadSchema::plain)
        .withPropertySorter((_, _) -> 0);
    config
        .forFields()
        .withPropertyNameOverrideResolver(field -> StrictJson.fieldName(field.getDeclaredName()))
        .withRequiredCheck(PayloadSchema::isNeverNull)
        .withNullableCheck(field -> !isNeverNull(field))
        .withInstanceAttributeOverride((schema, field, _) -> describe(schema, field));
    ObjectNode schema = new SchemaGenerator(config.build()).generateSchema(type.payload());
    schema.put("title", type.name());
    return schema;
  }

  private static boolean isNeverNull(FieldScope field) {
    return field.getType().isPrimitive()
        || NEVER_NULL.stream().anyMatch(constraint -> find(field, constraint) != null);
  }

  private static <A extends Annotation> @Nullable A find(FieldScope field, Class<A> type) {
    return field.isFakeContainerItemScope()
        ? field.getContainerItemAnnotation(type)
        : field.getAnnotation(type);
  }

  private static void describe(ObjectNode schema, FieldScope field) {
    Pattern pattern = find(field, Pattern.class);
    // Schemas know no flags.
    if (pattern != null && pattern.flags().length == 0) {
      schema.put("pattern", "^(?:" + pattern.regexp() + ")$");
    }
    if (find(field, NotBlank.class) != null) {
      schema.withArray("allOf").addObject().put("pattern", NOT_BLANK);
    }
  }

  private static @Nullable CustomDefinition plain(
      ResolvedType type, SchemaGenerationContext context) {
    ObjectNode schema = JsonMapper.shared().createObjectNode();
    Class<?> erased = type.getErasedType();
    if (erased.isEnum()) {
      schema
          .put("type", "string")
          .set("enum", StrictJson.mapper().valueToTree(erased.getEnumConstants()));
    } else if (erased == UUID.class) {
      schema.put("type", "string").put("format", "uuid").put("pattern", ID);
    } else if (erased == Instant.class) {
      schema.put("type", "string").put("format", "date-time").put("pattern", TIME);
    } else if (erased == LocalDate.class) {
      schema.put("type", "string").put("format", "date").put("pattern", DATE);
    } else if (erased == byte[].class) {
      schema.put("type", "string").put("contentEncoding", "base64");
    } else if (erased == Duration.class) {
      schema.put("type", "string").put("format", "duration");
    } else if (ObjectNode.class.isAssignableFrom(erased)) {
      schema.put("type", "object").put("additionalProperties", true);
    } else if (JsonNode.class.isAssignableFrom(erased) || isForeign(erased)) {
      schema.put("additionalProperties", true);
    } else {
      return null;
    }
    return new CustomDefinition(schema, true);
  }

  /** Written by Jackson in ways that its fields do not tell. */
  private static boolean isForeign(Class<?> type) {
    return type.getName().startsWith("java.")
        && !type.getName().startsWith("java.lang.")
        && !type.getName().startsWith("java.math.")
        && !Collection.class.isAssignableFrom(type)
        && !Map.class.isAssignableFrom(type);
  }
}
