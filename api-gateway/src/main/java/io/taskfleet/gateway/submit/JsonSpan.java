package io.taskfleet.gateway.submit;

import java.util.Arrays;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.annotation.JsonDeserialize;

/**
 * Where a value stands in the text it was read from. A payload is cut out by it and goes on as the
 * caller wrote it, rather than parsed and written anew.
 *
 * @param from the first byte
 * @param to the byte after the last
 */
@JsonDeserialize(using = JsonSpan.Reader.class)
public record JsonSpan(int from, int to) {

  /** The value itself, of the text it was read from. */
  public byte[] of(byte[] text) {
    return Arrays.copyOfRange(text, from, to);
  }

  static final class Reader extends ValueDeserializer<JsonSpan> {
    @Override
    public JsonSpan deserialize(JsonParser parser, DeserializationContext context) {
      int from = (int) parser.currentTokenLocation().getByteOffset();
      parser.skipChildren();
      // A string is read only as far as somebody asks for it.
      parser.finishToken();
      return new JsonSpan(from, (int) parser.currentLocation().getByteOffset());
    }
  }
}
