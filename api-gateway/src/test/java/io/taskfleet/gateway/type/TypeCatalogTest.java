package io.taskfleet.gateway.type;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.task.ReasonCode;
import io.taskfleet.task.Violation;
import io.taskfleet.wire.PayloadReader;
import io.taskfleet.wire.RefusedJsonException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.QueryTimeoutException;

class TypeCatalogTest {
  private static final OwnType.Told FAX =
      new OwnType.Told(
          "fax",
          """
          {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",
           "properties": {
             "number": {"type": "string", "pattern": "^(?:[0-9]{3,20})$"},
             "pages": {"type": ["integer", "null"], "minimum": 1},
             "to": {"type": ["object", "null"], "properties": {"a/b": {"type": "string"}},
                    "required": ["a/b"], "additionalProperties": false}},
           "required": ["number"], "additionalProperties": false}
          """,
          "{}");

  private static final TypeCatalog.Source AWAY =
      () -> {
        throw new QueryTimeoutException("away");
      };

  private final PayloadReader payloads = new PayloadReader();
  private TypeCatalog.Source source = () -> List.of(FAX);
  private final TypeCatalog catalog = new TypeCatalog(payloads, () -> source.read());

  @AfterEach
  void close() {
    payloads.close();
  }

  @Test
  void knowsBuiltInTypesWhateverPostgresSays() throws Exception {
    assertThat(
            catalog
                .named("analytics")
                .orElseThrow()
                .check("{\"name\":\"a\",\"user_id\":\"u\"}".getBytes(UTF_8)))
        .contains("u");
  }

  @Test
  void cannotSayThatThereIsNoTypeBeforePostgresHasAnswered() {
    source = AWAY;
    catalog.renew();

    assertThatThrownBy(() -> catalog.named("fax"))
        .isInstanceOf(ProblemException.class)
        .hasMessage("it cannot be said at the moment whether there is such a task type");
    assertThat(catalog.isCertain()).isFalse();
  }

  @Test
  void keepsWhatItKnowsWhilePostgresIsAway() {
    catalog.renew();
    source = AWAY;
    catalog.renew();

    assertThat(catalog.named("fax")).isPresent();
    assertThat(catalog.named("telex")).isEmpty();
  }

  @Test
  void forgetsATypeThatIsNotToldOfAnyMoreAndSkipsOneThatCannotBeRead() {
    catalog.renew();
    source = () -> List.of(new OwnType.Told("telex", "{\"type\": 17", "{}"));
    catalog.renew();

    assertThat(catalog.own()).isEmpty();
    assertThat(catalog.named("fax")).isEmpty();
  }

  @Test
  void compilesASchemaOnce() {
    catalog.renew();
    OwnType before = catalog.own().iterator().next();
    catalog.renew();

    assertThat(catalog.own().iterator().next()).isSameAs(before);
  }

  @Test
  void refusesAPayloadInTheWordsOfBuiltInTypes() {
    catalog.renew();

    assertThat(violations("{}")).containsExactly(refused("/number", "must not be null"));
    assertThat(violations("{\"number\":\"123\",\"colour\":1}"))
        .containsExactly(refused("/colour", "unknown field"));
    assertThat(violations("{\"number\":123}"))
        .containsExactly(refused("/number", "wrong type or format"));
    assertThat(violations("{\"number\":\"123\",\"to\":{}}"))
        .containsExactly(refused("/to/a~1b", "must not be null"));
    assertThat(violations("[]")).containsExactly(refused("", "wrong type or format"));
    assertThat(violations("{\"number\":\"secret\",\"pages\":0}"))
        .extracting(Violation::pointer)
        .containsExactlyInAnyOrder("/number", "/pages");
    assertThat(violations("{\"number\":\"secret\",\"pages\":0}"))
        .extracting(Violation::detail)
        .noneMatch(detail -> detail.contains("secret"));
    assertThat(violations("{\"number\":"))
        .extracting(Violation::code)
        .containsExactly(ReasonCode.MALFORMED);
  }

  private List<Violation> violations(String json) {
    return catchThrowableOfType(
            RefusedJsonException.class,
            () -> catalog.named("fax").orElseThrow().check(json.getBytes(UTF_8)))
        .violations();
  }

  private static Violation refused(String pointer, String detail) {
    return new Violation(pointer, ReasonCode.VALIDATION_FAILED, detail);
  }
}
