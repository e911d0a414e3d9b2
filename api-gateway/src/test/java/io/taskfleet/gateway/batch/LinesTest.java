package io.taskfleet.gateway.batch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinesTest {
  private static final int LONGEST = 100_000;
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @Test
  void passesOverBlankLinesAndCountsThem() throws IOException {
    assertThat(read("a\n\n \t\r\nb\r\n\r\nc")).containsExactly("1:a", "4:b", "6:c");
  }

  @Test
  void takesAnEmptyBodyForNoLine() throws IOException {
    assertThat(read("")).isEmpty();
    assertThat(read("\n\n")).isEmpty();
  }

  @Test
  void takesALineAsLongAsItMayBeAndNoneThatIsLonger() throws IOException {
    String longest = "x".repeat(LONGEST);

    assertThat(read(longest + "\r\n" + longest + "y\nz\n" + longest + "\n" + longest + "yy"))
        .containsExactly("1:" + longest, "2!", "3:z", "4:" + longest, "5!");
  }

  @Test
  void keepsNoMoreOfALineThatNeverEndsThanALineMayHave() throws IOException {
    Lines lines = lines(new Endless(50_000_000));

    assertThat(lines.next()).isTrue();
    assertThat(lines.isTooLong()).isTrue();
    assertThat(lines.next()).isFalse();
  }

  @Test
  void givesUpOnALineThatTakesTooLong() {
    Lines lines = new Lines(new Endless(Integer.MAX_VALUE), LONGEST, Duration.ofMillis(20));

    assertThatIOException().isThrownBy(lines::next);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void findsTheSameLinesHoweverTheyArrive(long seed) throws IOException {
    Random random = new Random(seed);
    StringBuilder body = new StringBuilder();
    List<String> expected = new ArrayList<>();
    for (int line = 1; line <= 200; line++) {
      int length = random.nextInt(4) == 0 ? 0 : random.nextInt(1, 3_000);
      body.append("x".repeat(length)).append(random.nextBoolean() ? "\n" : "\r\n");
      if (length > 0) {
        expected.add(line + ":" + "x".repeat(length));
      }
    }
    byte[] bytes = body.toString().getBytes(UTF_8);

    List<String> found = read(lines(new Trickle(new ByteArrayInputStream(bytes), random)));

    assertThat(found).as("seed %d", seed).isEqualTo(expected);
  }

  private static List<String> read(String body) throws IOException {
    return read(lines(new ByteArrayInputStream(body.getBytes(UTF_8))));
  }

  private static List<String> read(Lines lines) throws IOException {
    List<String> read = new ArrayList<>();
    while (lines.next()) {
      read.add(lines.number() + (lines.isTooLong() ? "!" : ":" + new String(lines.text(), UTF_8)));
    }
    return read;
  }

  private static Lines lines(InputStream in) {
    return new Lines(in, LONGEST, PATIENCE);
  }

  /** One line of this length. */
  private static final class Endless extends InputStream {
    private int left;

    Endless(int length) {
      left = length;
    }

    @Override
    public int read() {
      return left-- > 0 ? 'x' : -1;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
      assertThat(buffer.length).isLessThan(4 * LONGEST);
      int read = Math.min(length, left);
      left -= read;
      return read == 0 ? -1 : read;
    }
  }

  /** The same stream in small pieces. */
  private static final class Trickle extends InputStream {
    private final InputStream in;
    private final Random random;

    Trickle(InputStream in, Random random) {
      this.in = in;
      this.random = random;
    }

    @Override
    public int read() throws IOException {
      return in.read();
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      return in.read(buffer, offset, Math.min(length, random.nextInt(1, 5_000)));
    }
  }
}
