package io.taskfleet.gateway.type;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import io.taskfleet.task.ReasonCode;
import io.taskfleet.task.Violation;
import io.taskfleet.wire.RefusedJsonException;
import io.taskfleet.wire.StrictJson;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** A type that somebody has added to the workers, as one of these has told of it. */
public final class OwnType implements SubmittedType {
  private static final SchemaRegistry SCHEMAS =
      SchemaRegistry.withDefaultDialect(
          SpecificationVersion.DRAFT_2020_12,
          registry ->
              registry.schemaRegistryConfig(
                  SchemaRegistryConfig.builder().locale(Locale.ROOT).build()));

  private final Told told;
  private final Schema schema;

  /**
   * What a worker has told.
   *
   * @param payloadSchema JSON Schema
   * @param settings JSON, for people to read
   */
  public record Told(String name, String payloadSchema, String settings) {}

  /** The type of this name. */
  OwnType(Told told) {
    this.told = told;
    JsonNode json = StrictJson.mapper().readTree(told.payloadSchema());
    this.schema = SCHEMAS.getSchema(json);
    schema.initializeValidators();
  }

  @Override
  public String name() {
    return told.name();
  }

  /** What its worker has told. */
  public Told told() {
    return told;
  }

  /** Nobody knows whom the task is for: that is not in its schema. */
  @Override
  public Optional<String> check(byte[] payload) throws RefusedJsonException {
    JsonNode value = StrictJson.read(payload, JsonNode.class);
    Map<String, Violation> broken = new LinkedHashMap<>();
    for (Error error : schema.validate(value)) {
      Violation violation = violation(error);
      broken.putIfAbsent(violation.pointer(), violation);
    }
    if (!broken.isEmpty()) {
      throw new RefusedJsonException(List.copyOf(broken.values()));
    }
    return Optional.empty();
  }

  /** In the words in which a payload of a built-in type is refused. */
  private static Violation violation(Error error) {
    String place = error.getInstanceLocation().toString();
    return switch (error.getKeyword()) {
      case "required" -> refused(member(place, error), "must not be null");
      case "additionalProperties" ->
          refused(member(place, error), RefusedJsonException.UNKNOWN_FIELD);
      case "type" -> refused(place, "wrong type or format");
      case null, default -> refused(place, error.getMessage());
    };
  }

  private static String member(String place, Error error) {
    String name = String.valueOf(error.getProperty());
    return place + '/' + name.replace("~", "~0").replace("/", "~1");
  }

  private static Violation refused(String pointer, String detail) {
    return new Violation(pointer, ReasonCode.VALIDATION_FAILED, detail);
  }
}
