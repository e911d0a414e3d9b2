package io.taskfleet.task;

import java.nio.charset.StandardCharsets;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.annotation.JsonSerialize;

/**
 * JSON that passes through without being parsed again.
 *
 * @param utf8 a whole JSON value; whoever holds it must not change the array
 */
@JsonSerialize(using = RawJson.Writer.class)
@JsonDeserialize(using = RawJson.Reader.class)
@SuppressWarnings("ArrayRecordComponent") // bytes are passed on, never compared
public record RawJson(byte[] utf8) {

  /** The same value as text. */
  public String text() {
    return new String(utf8, StandardCharsets.UTF_8);
  }

  static final class Writer extends ValueSerializer<RawJson> {
    @Override
    public void serialize(RawJson value, JsonGenerator json, SerializationContext context) {
      json.writeRawValue(value.text());
    }
  }

  static final class Reader extends ValueDeserializer<RawJson> {
    @Override
    public RawJson deserialize(JsonParser parser, DeserializationContext context) {
      return new RawJson(context.readTree(parser).toString().getBytes(StandardCharsets.UTF_8));
    }
  }
}
