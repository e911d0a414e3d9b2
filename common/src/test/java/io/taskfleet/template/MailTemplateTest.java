package io.taskfleet.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskfleet.wire.StrictJson;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

class MailTemplateTest {

  @Test
  void fillsSubjectAndBodiesAndEscapesInHtmlAlone() throws Exception {
    MailTemplate template =
        MailTemplate.of(
            new MailTemplate.Source("Hi {{name}}", "Hi {{name}}", "<p title=\"{{name}}\">Hi</p>"));

    MailTemplate.Filled filled = template.fill(json("{'name':'<Ada> & \\\"Bob\\\"'}"));

    assertThat(filled.subject()).isEqualTo("Hi <Ada> & \"Bob\"");
    assertThat(filled.text()).isEqualTo("Hi <Ada> & \"Bob\"");
    assertThat(filled.html()).isEqualTo("<p title=\"&lt;Ada&gt; &amp; &quot;Bob&quot;\">Hi</p>");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{{a.b}} {{n}} {{d}} {{t}} | {'a':{'b':'x'},'n':12345678901234567890,'d':1E+3,'t':true} | x 12345678901234567890 1000 true",
        "{{#list}}[{{.}}]{{/list}} | {'list':['a','b']} | [a][b]",
        "{{#rows}}{{n}}{{^-last}},{{/-last}}{{/rows}} | {'rows':[{'n':1},{'n':2}]} | 1,2",
        "{{#vip}}yes{{/vip}}{{^vip}}no{{/vip}} | {'vip':false} | no",
        "{{#none}}yes{{/none}}{{^none}}no{{/none}} | {'none':[]} | no",
        "a{{! a remark }}b | {} | ab"
      })
  void knowsNamesListsAndConditions(String text, String variables, String expected)
      throws Exception {
    assertThat(filled(text, variables)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{missing}}",
        "{{#missing}}x{{/missing}}",
        "{{^missing}}x{{/missing}}",
        "{{name.missing}}",
        "{{name.class}}",
        "{{name.length}}",
        "{{nothing}}",
        "{{#list}}{{x}}{{/list}}"
      })
  void aValueThatIsMissingIsAnError(String text) {
    assertThatThrownBy(() -> filled(text, "{'name':'secret','nothing':null,'list':['secret']}"))
        .isInstanceOfSatisfying(
            TemplateException.class,
            e -> assertThat(e.detail()).startsWith("text: the variable ").endsWith(" is missing"))
        .hasMessageNotContaining("secret");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{{name}}}",
        "{{&name}}",
        "{{ & name}}",
        "{{>other}}",
        "{{=<% %>=}}",
        "{{<other}}{{/other}}",
        "{{$block}}{{/block}}",
        "{{#open}}",
        "{{/close}}",
        "{{name",
        "{{}}"
      })
  void takesNothingThatIsMoreThanATemplateOrLess(String text) {
    assertThatThrownBy(() -> MailTemplate.of(new MailTemplate.Source("s", text, null)))
        .isInstanceOfSatisfying(
            TemplateException.class, e -> assertThat(e.part()).isEqualTo("text"));
  }

  @Test
  @Timeout(10)
  void endsWhenListsWithinListsWouldNot() {
    String items = "'x',".repeat(2_000) + "'x'";

    assertThatThrownBy(
            () ->
                filled("{{#a}}{{#a}}{{#a}}{{#a}}{{/a}}{{/a}}{{/a}}{{/a}}", "{'a':[" + items + "]}"))
        .isInstanceOf(TemplateException.class)
        .hasMessageContaining("too long");
    assertThatThrownBy(
            () ->
                filled(
                    "{{#a}}{{long}}{{/a}}",
                    "{'long':'" + "x".repeat(10_000) + "','a':[" + items + "]}"))
        .isInstanceOf(TemplateException.class)
        .hasMessageContaining("too long");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1e2147483647", "-1.5e2147483646", "1e-2147483647", "1e10000"})
  void endsWhenANumberInFullWouldNot(String number) {
    assertThatThrownBy(() -> filled("{{n}}", "{'n':" + number + "}"))
        .isInstanceOf(TemplateException.class)
        .hasMessageContaining("too long");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{'name':{'a':1}}", "{'name':['a']}"})
  void whatIsNoTextCannotStandInText(String variables) {
    assertThatThrownBy(() -> filled("{{name}}", variables)).isInstanceOf(TemplateException.class);
  }

  @Test
  void welcomesWithNothingButAName() throws Exception {
    MailTemplate.Filled filled =
        MailTemplate.builtIn("welcome").orElseThrow().fill(json("{'name':'Ada <b>'}"));

    assertThat(filled.subject()).isEqualTo("Welcome, Ada <b>");
    assertThat(filled.text()).contains("Hello Ada <b>,");
    assertThat(filled.html()).contains("Hello Ada &lt;b&gt;,");
    assertThat(MailTemplate.builtIn("../welcome")).isEmpty();
  }

  private static String filled(String text, String variables) throws Exception {
    String filled =
        MailTemplate.of(new MailTemplate.Source("s", text, null)).fill(json(variables)).text();
    return filled == null ? "" : filled;
  }

  private static ObjectNode json(String text) throws Exception {
    return StrictJson.read(
        text.replace('\'', '"').getBytes(StandardCharsets.UTF_8), ObjectNode.class);
  }
}
