package io.taskfleet.worker.type;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.taskfleet.handler.Payload;
import io.taskfleet.handler.TaskType;
import io.taskfleet.wire.PayloadReader;
import io.taskfleet.wire.RefusedJsonException;
import jakarta.validation.Valid;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Digits;
import jakarta.validation.constraints.Email;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.Size;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What the schema says of a payload, beside what the worker says of it. */
class PayloadSchemaTest {
  private static final TaskType<Everything> TYPE = new TaskType<>("everything", Everything.class);
  private static final JsonNode JSON = PayloadSchema.of(TYPE);
  private static final Schema SCHEMA =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(JSON);

  private enum Colour {
    RED,
    GREEN
  }

  private record Part(@NotBlank String partName, @Nullable @Positive Integer weight) {}

  @SuppressWarnings("ArrayRecordComponent")
  private record Everything(
      @NotNull @Pattern(regexp = "[a-z]{1,5}") String shortName,
      int count,
      @Nullable @Min(1) @Max(9) Long some,
      @Nullable @DecimalMin("0.5") BigDecimal share,
      @Nullable Colour colour,
      @Nullable UUID of,
      @Nullable Instant at,
      @Nullable LocalDate on,
      @Nullable Duration within,
      @Nullable URI link,
      byte @Nullable [] bytes,
      @Nullable Boolean really,
      @Nullable @Valid Part part,
      @Nullable @Size(max = 2) List<@NotNull @Valid Part> parts,
      @Nullable @Size(min = 1) List<@Nullable String> words,
      @Nullable Map<String, Integer> counts,
      @Nullable ObjectNode more)
      implements Payload {}

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'short_name':'abc','count':1}",
        "{'short_name':'abc','count':1,'words':['a',null]}",
        """
        {'short_name':'abc','count':1,'some':9,'share':0.5,'colour':'RED',
         'of':'01a1fe24-8f69-798a-b174-0f5664c32482','at':'2026-11-22T10:00:00+01:00',
         'on':'2026-11-22','within':'PT5M','link':'https://example.com/','bytes':'AQID',
         'really':true,'part':{'part_name':'x','weight':1},'parts':[{'part_name':'y'}],
         'words':['a'],'counts':{'a':1},'more':{'any':[1,{'thing':null}]}}
        """,
        """
        {'short_name':'abc','count':1,'some':null,'share':null,'colour':null,'of':null,'at':null,
         'part':null,'parts':null,'words':['a'],'counts':null,'more':null,'bytes':null}
        """
      })
  void takesWhatTheWorkerTakes(String text) {
    byte[] json = json(text);

    assertThat(isTakenByWorker(json)).isTrue();
    assertThat(SCHEMA.validate(JsonMapper.shared().readTree(json))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "{}",
        "{'short_name':'abc'}",
        "{'count':1}",
        "{'short_name':null,'count':1}",
        "{'short_name':'abc','count':null}",
        "{'short_name':'abc','count':1,'unknown':1}",
        "{'shortName':'abc','count':1}",
        "{'short_name':'ABC','count':1}",
        "{'short_name':'xabcdefx','count':1}",
        "{'short_name':1,'count':1}",
        "{'short_name':'abc','count':'1'}",
        "{'short_name':'abc','count':1.5}",
        "{'short_name':'abc','count':1,'some':0}",
        "{'short_name':'abc','count':1,'some':10}",
        "{'short_name':'abc','count':1,'share':0.4}",
        "{'short_name':'abc','count':1,'colour':'BLUE'}",
        "{'short_name':'abc','count':1,'of':'17'}",
        "{'short_name':'abc','count':1,'at':'yesterday'}",
        "{'short_name':'abc','count':1,'on':'22.11.2026'}",
        "{'short_name':'abc','count':1,'part':{'part_name':' '}}",
        "{'short_name':'abc','count':1,'part':{'part_name':'x','weight':0}}",
        "{'short_name':'abc','count':1,'part':{'part_name':'x','size':1}}",
        "{'short_name':'abc','count':1,'parts':[null]}",
        "{'short_name':'abc','count':1,'words':[]}",
        "{'short_name':'abc','count':1,'parts':[{'part_name':'x'},{'part_name':'x'},{'part_name':'x'}]}",
        "{'short_name':'abc','count':1,'counts':{'a':'b'}}",
        "{'short_name':'abc','count':1,'more':[]}"
      })
  void refusesWhatTheWorkerRefuses(String text) {
    byte[] json = json(text);

    assertThat(isTakenByWorker(json)).isFalse();
    assertThat(SCHEMA.validate(JsonMapper.shared().readTree(json))).isNotEmpty();
  }

  @SuppressWarnings("ArrayRecordComponent")
  private record Odd(
      @Nullable String imageURL,
      @Nullable String xAxis,
      @Nullable String aBTest,
      @Nullable String line1,
      @Nullable @JsonProperty("from") String sender,
      @Nullable @Pattern(regexp = "[a-z]+", flags = Pattern.Flag.CASE_INSENSITIVE) String word,
      @Nullable Odd next,
      @Nullable Set<String> names,
      int @Nullable [] numbers,
      @Nullable Map<Colour, Integer> perColour,
      @Nullable OffsetDateTime when,
      @Nullable LocalTime hour,
      @Nullable ZoneId zone,
      @Nullable Locale language,
      @Nullable Object anything,
      @Nullable Character letter,
      @Nullable Double share,
      @Nullable BigInteger large,
      @Nullable @Digits(integer = 3, fraction = 2) BigDecimal price,
      @Nullable @Email String mail)
      implements Payload {}

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'image_url':'x'}",
        "{'x_axis':'x'}",
        "{'a_btest':'x'}",
        "{'line1':'x'}",
        "{'from':'x'}",
        "{'word':'ABC'}",
        "{'next':{'next':{'next':null}}}",
        "{'names':['a','b','a']}",
        "{'numbers':[1,2]}",
        "{'per_colour':{'RED':1}}",
        "{'when':'2026-11-22T10:00:00+01:00'}",
        "{'hour':'10:00'}",
        "{'zone':'Europe/Berlin'}",
        "{'language':'de'}",
        "{'anything':[1,{'a':'b'}]}",
        "{'letter':'x'}",
        "{'share':1}",
        "{'large':123456789012345678901234567890}",
        "{'price':123.45}",
        "{'mail':'a@example.com'}"
      })
  void takesWhateverElseTheWorkerTakes(String text) {
    TaskType<Odd> type = new TaskType<>("odd", Odd.class);
    Schema schema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(PayloadSchema.of(type));
    byte[] json = json(text);

    assertThat(refusal(type, json)).isNull();
    assertThat(schema.validate(JsonMapper.shared().readTree(json))).isEmpty();
  }

  private static @Nullable RefusedJsonException refusal(TaskType<?> type, byte[] json) {
    try (PayloadReader payloads = new PayloadReader()) {
      payloads.read(type, json);
      return null;
    } catch (RefusedJsonException refused) {
      return refused;
    }
  }

  @Test
  void isOfTheDraftItClaimsAndNamesTheType() {
    assertThat(JSON.path("$schema").asString())
        .isEqualTo("https://json-schema.org/draft/2020-12/schema");
    assertThat(JSON.path("title").asString()).isEqualTo("everything");
  }

  private static byte[] json(String text) {
    return text.replace('\'', '"').getBytes(UTF_8);
  }

  private static boolean isTakenByWorker(byte[] json) {
    return refusal(TYPE, json) == null;
  }
}
