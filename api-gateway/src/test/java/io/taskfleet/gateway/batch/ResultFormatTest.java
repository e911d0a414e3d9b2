package io.taskfleet.gateway.batch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ResultFormatTest {

  @Test
  void givesSpreadsheetsNoFormula() {
    assertThat(ResultFormat.cell("=1+1")).isEqualTo("'=1+1");
    assertThat(ResultFormat.cell("+1")).isEqualTo("'+1");
    assertThat(ResultFormat.cell("-1")).isEqualTo("'-1");
    assertThat(ResultFormat.cell("@SUM(A1)")).isEqualTo("'@SUM(A1)");
    assertThat(ResultFormat.cell("\t=1")).isEqualTo("'\t=1");
    assertThat(ResultFormat.cell("=HYPERLINK(\"x\",\"y\")"))
        .isEqualTo("\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\"");
  }

  @Test
  void quotesWhatWouldEndACell() {
    assertThat(ResultFormat.cell("a,b")).isEqualTo("\"a,b\"");
    assertThat(ResultFormat.cell("a\nb")).isEqualTo("\"a\nb\"");
    assertThat(ResultFormat.cell("a\"b")).isEqualTo("\"a\"\"b\"");
    assertThat(ResultFormat.cell(null)).isEmpty();
    assertThat(ResultFormat.cell("a b")).isEqualTo("a b");
  }
}
