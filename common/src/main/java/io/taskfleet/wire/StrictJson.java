package io.taskfleet.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.taskfleet.task.ReasonCode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.cfg.MutableCoercionConfig;
import tools.jackson.databind.deser.std.StdScalarDeserializer;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.type.LogicalType;

/**
 * The one JSON mapper of the system, for HTTP bodies and topic values alike. Where Jackson guesses,
 * this refuses: unknown fields, duplicate keys, wrong scalar types, trailing tokens, encodings
 * other than UTF-8, NUL and lone surrogates, and anything above the limits.
 */
public final class StrictJson {
  private static final int MAX_DEPTH = 32;
  private static final int MAX_STRING = 1 << 20;
  private static final int MAX_NUMBER = 100;
  private static final int MAX_NAME = 256;

  private static final JsonMapper MAPPER = mapperBuilder().build();

  /** Leaves the check for trailing tokens to {@link #read}, where it is an error of syntax. */
  private static final ObjectReader ONE_OF_SEVERAL =
      MAPPER.reader().without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private StrictJson() {}

  /**
   * The mapper itself: snake_case, nulls left out. Reading through it skips {@link #read}'s checks.
   */
  public static JsonMapper mapper() {
    return MAPPER;
  }

  /** What the component of a record that has this name is called in JSON. */
  public static String fieldName(String component) {
    return SnakeCase.NAMES.translate(component);
  }

  private static final class SnakeCase extends PropertyNamingStrategies.SnakeCaseStrategy {
    private static final long serialVersionUID = 1L;
    private static final SnakeCase NAMES = new SnakeCase();

    @Override
    protected String translate(String name) {
      return super.translate(name);
    }
  }

  /**
   * Reads one value from UTF-8 text.
   *
   * @throws RefusedJsonException if the text is anything but one valid value of this type
   */
  public static <T> T read(byte[] utf8, Class<T> type) throws RefusedJsonException {
    if (isBlank(utf8)) {
      throw new RefusedJsonException("", ReasonCode.EMPTY_VALUE, "empty");
    }
    requireCleanText(utf8);
    try (JsonParser parser = MAPPER.createParser(utf8)) {
      T value = ONE_OF_SEVERAL.forType(type).readValue(parser);
      if (parser.nextToken() != null) {
        throw new RefusedJsonException("", ReasonCode.MALFORMED, "more than one JSON value");
      }
      if (value == null) {
        throw new RefusedJsonException("", ReasonCode.VALIDATION_FAILED, "must not be null");
      }
      return value;
    } catch (JacksonException e) {
      throw refusal(e);
    }
  }

  /** What Jackson's complaint means to the caller, in words that repeat nothing of the input. */
  private static RefusedJsonException refusal(JacksonException e) {
    String pointer = pointer(e);
    return switch (e) {
      case StreamConstraintsException tooMuch ->
          new RefusedJsonException(pointer, ReasonCode.LIMITS_EXCEEDED, "too deep, long or large");
      case InputCoercionException number ->
          new RefusedJsonException(pointer, ReasonCode.VALIDATION_FAILED, "number out of range");
      case StreamReadException syntax ->
          new RefusedJsonException(
              "",
              ReasonCode.MALFORMED,
              "not valid JSON at line %d, column %d"
                  .formatted(syntax.getLocation().getLineNr(), syntax.getLocation().getColumnNr()));
      case UnrecognizedPropertyException unknown ->
          new RefusedJsonException(
              pointer, ReasonCode.VALIDATION_FAILED, RefusedJsonException.UNKNOWN_FIELD);
      case MismatchedInputException wrong ->
          new RefusedJsonException(pointer, ReasonCode.VALIDATION_FAILED, "wrong type or format");
      case DatabindException wrong ->
          new RefusedJsonException(pointer, ReasonCode.VALIDATION_FAILED, "wrong type or format");
      default -> new RefusedJsonException("", ReasonCode.MALFORMED, "not valid JSON");
    };
  }

  private static String pointer(JacksonException e) {
    StringBuilder pointer = new StringBuilder();
    for (JacksonException.Reference step : e.getPath()) {
      String name = step.getPropertyName();
      pointer.append('/').append(name == null ? Integer.toString(step.getIndex()) : escape(name));
    }
    return pointer.toString();
  }

  private static String escape(String name) {
    return name.replace("~", "~0").replace("/", "~1");
  }

  private static boolean isBlank(byte[] text) {
    for (byte b : text) {
      if (b != ' ' && b != '\t' && b != '\r' && b != '\n') {
        return false;
      }
    }
    return true;
  }

  private static void requireCleanText(byte[] utf8) throws RefusedJsonException {
    if (utf8.length > 2 && utf8[0] == (byte) 0xEF && utf8[1] == (byte) 0xBB) {
      throw new RefusedJsonException("", ReasonCode.MALFORMED, "must not start with a BOM");
    }
    boolean ascii = true;
    boolean escapes = false;
    for (byte b : utf8) {
      if (b == 0) {
        throw new RefusedJsonException("", ReasonCode.FORBIDDEN_CHARACTER, "must not hold NUL");
      }
      ascii &= b > 0;
      escapes |= b == '\\';
    }
    if (!ascii) {
      requireUtf8(utf8);
    }
    if (escapes) {
      requireCleanEscapes(utf8);
    }
  }

  private static void requireUtf8(byte[] utf8) throws RefusedJsonException {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8));
    } catch (CharacterCodingException e) {
      throw new RefusedJsonException("", ReasonCode.FORBIDDEN_CHARACTER, "must be UTF-8");
    }
  }

  /** Postgres stores neither an escaped NUL nor half of a surrogate pair, so neither gets in. */
  private static void requireCleanEscapes(byte[] text) throws RefusedJsonException {
    boolean highPending = false;
    int i = 0;
    while (i < text.length) {
      int unit = text[i] == '\\' ? escapedUnit(text, i) : -1;
      boolean low = unit >= 0xDC00 && unit <= 0xDFFF;
      if (unit == 0 || low != highPending) {
        throw new RefusedJsonException(
            "", ReasonCode.FORBIDDEN_CHARACTER, "must not hold NUL or half a surrogate pair");
      }
      highPending = unit >= 0xD800 && unit <= 0xDBFF;
      i += text[i] != '\\' ? 1 : unit < 0 ? 2 : 6;
    }
  }

  private static int escapedUnit(byte[] text, int backslash) {
    if (backslash + 5 >= text.length || text[backslash + 1] != 'u') {
      return -1;
    }
    int unit = 0;
    for (int i = backslash + 2; i < backslash + 6; i++) {
      int digit = Character.digit(text[i], 16);
      if (digit < 0) {
        return -1;
      }
      unit = unit << 4 | digit;
    }
    return unit;
  }

  private static JsonMapper.Builder mapperBuilder() {
    StreamReadConstraints limits =
        StreamReadConstraints.builder()
            .maxNestingDepth(MAX_DEPTH)
            .maxStringLength(MAX_STRING)
            .maxNumberLength(MAX_NUMBER)
            .maxNameLength(MAX_NAME)
            .build();
    return JsonMapper.builder(JsonFactory.builder().streamReadConstraints(limits).build())
        .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
        .changeDefaultPropertyInclusion(
            ignored ->
                JsonInclude.Value.construct(
                    JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
        .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
        .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
        .enable(EnumFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
        .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
        .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
        .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
        .withCoercionConfig(LogicalType.Textual, StrictJson::refuseScalars)
        .addModule(new SimpleModule().addDeserializer(Instant.class, new Rfc3339Deserializer()));
  }

  /** A time with its offset; Jackson's own also takes numbers. */
  private static final class Rfc3339Deserializer extends StdScalarDeserializer<Instant> {
    Rfc3339Deserializer() {
      super(Instant.class);
    }

    @Override
    public Instant deserialize(JsonParser parser, DeserializationContext context) {
      if (!parser.hasToken(JsonToken.VALUE_STRING)) {
        return (Instant) context.handleUnexpectedToken(Instant.class, parser);
      }
      try {
        return Rfc3339.parse(parser.getString());
      } catch (DateTimeException e) {
        return (Instant)
            context.handleWeirdStringValue(Instant.class, parser.getString(), "not RFC 3339");
      }
    }
  }

  private static void refuseScalars(MutableCoercionConfig config) {
    config
        .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
        .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
        .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail)
        .setCoercion(CoercionInputShape.EmptyString, CoercionAction.TryConvert);
  }
}
