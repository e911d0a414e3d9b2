package io.taskfleet.gateway.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.wire.StrictJson;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

class MergePatchTest {

  /** Those of RFC 7396, appendix A, whose patch is an object. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          {"a":"b"}          | {"a":"c"}                   | {"a":"c"}
          {"a":"b"}          | {"b":"c"}                   | {"a":"b","b":"c"}
          {"a":"b"}          | {"a":null}                  | {}
          {"a":"b","b":"c"}  | {"a":null}                  | {"b":"c"}
          {"a":["b"]}        | {"a":"c"}                   | {"a":"c"}
          {"a":"c"}          | {"a":["b"]}                 | {"a":["b"]}
          {"a":{"b":"c"}}    | {"a":{"b":"d","c":null}}    | {"a":{"b":"d"}}
          {"a":[{"b":"c"}]}  | {"a":[1]}                   | {"a":[1]}
          {"e":null}         | {"a":1}                     | {"e":null,"a":1}
          [1,2]              | {"a":"b","c":null}          | {"a":"b"}
          {}                 | {"a":{"bb":{"ccc":null}}}   | {"a":{"bb":{}}}
          """)
  void mergesAsTheStandardSays(String target, String patch, String expected) throws Exception {
    MergePatch merge = new MergePatch(StrictJson.read(patch.getBytes(UTF_8), ObjectNode.class));

    byte[] merged = merge.appliedTo(StrictJson.mapper().readTree(target));

    assertThat(new String(merged, UTF_8)).isEqualTo(expected);
  }
}
