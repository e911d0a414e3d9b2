package io.taskfleet.gateway.user;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LineReaderTest {

  @Test
  void readsLinesWithOrWithoutAnEnd() throws IOException {
    assertThat(read("", 10)).isEmpty();
    assertThat(read("\n", 10)).containsExactly("1:");
    assertThat(read("a\nb", 10)).containsExactly("1:a", "2:b");
    assertThat(read("a\n\nb\n", 10)).containsExactly("1:a", "2:", "3:b");
  }

  @Test
  void passesOverALineThatIsTooLong() throws IOException {
    String long1 = "x".repeat(100_000);

    assertThat(read("a\n" + long1 + "\nb", 10)).containsExactly("1:a", "2 is too long", "3:b");
    assertThat(read("1234567890\n12345678901", 10))
        .containsExactly("1:1234567890", "2 is too long");
  }

  @Test
  void doesNotWaitForEverForTheEndOfALine() {
    InputStream endless =
        new InputStream() {
          @Override
          public int read() {
            return 'x';
          }
        };

    assertThatExceptionOfType(InterruptedIOException.class)
        .isThrownBy(() -> new LineReader(endless, 10, Duration.ofMillis(50)).next());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void readsTheSameHoweverTheStreamIsCut(long seed) throws IOException {
    Random random = new Random(seed);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      text.append("x".repeat(random.nextInt(600))).append('\n');
    }
    byte[] bytes = text.toString().getBytes(US_ASCII);
    InputStream cut =
        new ByteArrayInputStream(bytes) {
          @Override
          public synchronized int read(byte[] buffer, int from, int length) {
            return super.read(buffer, from, Math.min(length, 1 + random.nextInt(700)));
          }
        };

    assertThat(read(cut, 500)).as("seed %d", seed).isEqualTo(read(text.toString(), 500));
  }

  private static List<String> read(String text, int longest) throws IOException {
    return read(new ByteArrayInputStream(text.getBytes(US_ASCII)), longest);
  }

  private static List<String> read(InputStream in, int longest) throws IOException {
    LineReader reader = new LineReader(in, longest, Duration.ofMinutes(1));
    List<String> lines = new ArrayList<>();
    for (LineReader.Line line = reader.next(); line != null; line = reader.next()) {
      byte[] text = line.text();
      lines.add(
          text == null
              ? line.number() + " is too long"
              : line.number() + ":" + new String(text, US_ASCII));
    }
    return lines;
  }
}
