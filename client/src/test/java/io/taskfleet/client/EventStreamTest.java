package io.taskfleet.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

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

/** The examples of the standard, and what it says about the rest. */
class EventStreamTest {

  @Test
  void joinsTheLinesOfData() throws IOException {
    assertThat(read("data: YHOO\ndata: +2\ndata: 10\n\n"))
        .containsExactly(new ServerEvent("", "message", "YHOO\n+2\n10"));
  }

  @Test
  void passesOverCommentsAndKeepsIds() throws IOException {
    String stream =
        """
        : test stream

        data: first event
        id: 1

        data:second event
        id

        data:  third event

        """;

    assertThat(read(stream))
        .containsExactly(
            new ServerEvent("1", "message", "first event"),
            new ServerEvent("", "message", "second event"),
            new ServerEvent("", "message", " third event"));
  }

  @Test
  void dispatchesEmptyDataButNotNone() throws IOException {
    assertThat(read("data\n\ndata\ndata\n\ndata:"))
        .containsExactly(new ServerEvent("", "message", ""), new ServerEvent("", "message", "\n"));
    assertThat(read("event: task\nid: 3\n\n")).isEmpty();
  }

  @Test
  void takesAnySpaceAfterTheColonOnce() throws IOException {
    assertThat(read("data:test\n\ndata: test\n\n"))
        .containsExactly(
            new ServerEvent("", "message", "test"), new ServerEvent("", "message", "test"));
  }

  @Test
  void endsLinesWithEitherOrBoth() throws IOException {
    assertThat(read("data: a\r\ndata: b\rdata: c\n\r\nevent: x\rdata: d\r\r"))
        .containsExactly(new ServerEvent("", "message", "a\nb\nc"), new ServerEvent("", "x", "d"));
  }

  @Test
  void namesBelongToOneEventOnly() throws IOException {
    assertThat(read("event: task\n\ndata: a\n\nevent: task\ndata: b\n\ndata: c\n\n"))
        .extracting(ServerEvent::name)
        .containsExactly("message", "task", "message");
  }

  @Test
  void dropsHalfAnEventAtTheEnd() throws IOException {
    assertThat(read("data: whole\n\ndata: half\n")).hasSize(1);
    assertThat(read("data: whole\n\ndata: half")).hasSize(1);
  }

  @Test
  void ignoresWhatItDoesNotKnowAndIdsWithNul() throws IOException {
    EventStream stream =
        stream("id: 7\nid: 8\0\nretry: 1500\nretry: soon\nretry: -1\nfoo: bar\ndata: a\n\n");

    assertThat(stream.next()).isEqualTo(new ServerEvent("7", "message", "a"));
    assertThat(stream.retry()).isEqualTo(Duration.ofMillis(1_500));
    assertThat(stream.lastEventId()).isEqualTo("7");
  }

  @Test
  void keepsTheIdOfWholeEventsOnly() throws IOException {
    EventStream stream = stream("id: 1\ndata: a\n\n:\nid: 2\n\nid: 3\ndata: b\n");

    assertThat(stream.next()).isNotNull();
    assertThat(stream.lastEventId()).isEqualTo("1");
    assertThat(stream.next()).isNull();
    assertThat(stream.lastEventId()).isEqualTo("2");
  }

  @Test
  void passesOverOneByteOrderMarkInFront() throws IOException {
    assertThat(read("\uFEFFdata: a\n\n")).hasSize(1);
    assertThat(read("data: a\n\n\uFEFFdata: b\n\n")).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void readsTheSameHoweverItIsCutIntoPieces(long seed) throws IOException {
    Random random = new Random(seed);
    StringBuilder text = new StringBuilder();
    List<ServerEvent> expected = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      String end = List.of("\n", "\r", "\r\n").get(random.nextInt(3));
      text.append("id: ").append(i).append(end).append("event: e").append(i).append(end);
      text.append(": ping").append(end).append("data: grüße 🚀 ").append(i).append(end);
      // CR LF in a row would be one end: the empty line has its own kind.
      text.append(end.equals("\r") ? "\r" : "\n");
      expected.add(new ServerEvent(Integer.toString(i), "e" + i, "grüße 🚀 " + i));
    }
    byte[] bytes = text.toString().getBytes(UTF_8);
    InputStream inPieces =
        new ByteArrayInputStream(bytes) {
          @Override
          public synchronized int read(byte[] target, int offset, int length) {
            return super.read(target, offset, Math.min(length, 1 + random.nextInt(7)));
          }
        };

    assertThat(all(new EventStream(inPieces, ""))).as("seed %d", seed).isEqualTo(expected);
  }

  private static List<ServerEvent> read(String text) throws IOException {
    return all(stream(text));
  }

  private static EventStream stream(String text) {
    return new EventStream(new ByteArrayInputStream(text.getBytes(UTF_8)), "");
  }

  private static List<ServerEvent> all(EventStream stream) throws IOException {
    List<ServerEvent> events = new ArrayList<>();
    ServerEvent event = stream.next();
    while (event != null) {
      events.add(event);
      event = stream.next();
    }
    return events;
  }
}
