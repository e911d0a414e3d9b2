package io.taskfleet.client;

import static io.taskfleet.client.ScriptedServer.answer;
import static io.taskfleet.client.ScriptedServer.hangUp;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class UploadTest {
  private static final String RECEIPT =
      """
      {"id":"01a1fe24-8f69-798a-b174-0f5664c32482","accepted":2,"refused":1,
       "refused_lines":[{"line":3,"errors":[{"pointer":"","code":"MALFORMED"}]}],
       "refused_truncated":false}
      """;

  private static Submission event(int number) {
    return Submission.of(AnalyticsEvent.named("row").value(number));
  }

  @Test
  void sendsObjectsAsLinesAndReadsWhatBecameOfThem() {
    try (ScriptedServer server = new ScriptedServer(answer(202, RECEIPT))) {
      List<Long> told = new ArrayList<>();

      BatchReceipt receipt =
          server
              .client()
              .batches()
              .upload(
                  JsonLines.of(() -> Stream.of(event(1), event(2)))
                      .progress((lines, bytes) -> told.add(lines)),
                  event(0));

      assertThat(receipt.accepted()).isEqualTo(2);
      assertThat(receipt.refusedLines())
          .containsExactly(new RefusedLine(3, List.of(new Violation("", "MALFORMED", null))));
      assertThat(server.seen().get(0).body())
          .isEqualTo(
              """
              {"on_complete":{"type":"analytics","payload":{"name":"row","value":0.0}}}
              {"type":"analytics","payload":{"name":"row","value":1.0}}
              {"type":"analytics","payload":{"name":"row","value":2.0}}
              """);
      assertThat(told).last().isEqualTo(3L);
    }
  }

  @Test
  void sendsItAgainWholeUnderTheSameKey() {
    AtomicInteger opened = new AtomicInteger();
    try (ScriptedServer server =
        new ScriptedServer(
            hangUp(),
            answer(422, "{\"status\":422}"),
            answer(503, "{\"status\":503}", "Retry-After", "0"),
            answer(202, RECEIPT))) {

      server
          .client()
          .batches()
          .upload(
              JsonLines.of(
                  () -> {
                    opened.incrementAndGet();
                    return Stream.of(event(1));
                  }));

      List<ScriptedServer.Seen> uploads =
          server.seen().stream().filter(seen -> !seen.body().isEmpty()).toList();
      assertThat(opened).hasValue(3);
      assertThat(uploads).hasSize(3);
      assertThat(uploads.stream().map(ScriptedServer.Seen::key).distinct()).hasSize(1);
      assertThat(uploads.stream().map(ScriptedServer.Seen::body).distinct()).hasSize(1);
    }
  }

  @Test
  void neverSendsAgainWhatThereIsOnce() {
    for (ScriptedServer.Answer lost :
        List.of(hangUp(), answer(503, "{}", "Retry-After", "0"), answer(429, "{}"))) {
      try (ScriptedServer server = new ScriptedServer(lost)) {
        assertThatThrownBy(
                () -> server.client().batches().upload(JsonLines.once(Stream.of(event(1)))))
            .isInstanceOf(UnavailableException.class);
        assertThat(server.seen()).filteredOn(seen -> !seen.body().isEmpty()).hasSize(1);
      }
    }
  }

  @Test
  void learnsWhyAConnectionWasClosedUnderTheUpload() {
    // As a server does that will not read on: nothing of its answer is seen by who still writes.
    try (ScriptedServer server =
        new ScriptedServer(hangUp(), answer(401, "{\"status\":401,\"title\":\"No key\"}"))) {
      assertThatThrownBy(
              () -> server.client().batches().upload(JsonLines.once(Stream.of(event(1)))))
          .isInstanceOf(DeniedException.class);
    }
  }

  @Test
  void aSourceThatFailsIsTheCallersAffair() {
    try (ScriptedServer server = new ScriptedServer(answer(202, RECEIPT))) {
      Batches batches = server.client().batches();
      IllegalStateException mistake = new IllegalStateException("mine");

      assertThatThrownBy(
              () ->
                  batches.upload(
                      JsonLines.of(
                          () ->
                              IntStream.range(0, 100_000)
                                  .mapToObj(
                                      i -> {
                                        if (i == 50_000) {
                                          throw mistake;
                                        }
                                        return event(i);
                                      }))))
          .isSameAs(mistake);
      assertThatThrownBy(() -> batches.upload(JsonLines.file(Path.of("nowhere.ndjson"))))
          .isInstanceOf(UncheckedIOException.class);
    }
  }

  @Test
  void readsTheSourceNoFasterThanItIsTaken() {
    AtomicLong read = new AtomicLong();
    AtomicLong taken = new AtomicLong();
    AtomicLong mostAhead = new AtomicLong();
    try (ScriptedServer server = new ScriptedServer(answer(202, RECEIPT))) {
      Stream<Submission> source =
          IntStream.range(0, 200_000)
              .mapToObj(
                  i -> {
                    mostAhead.accumulateAndGet(read.incrementAndGet() - taken.get(), Math::max);
                    return event(i);
                  });

      server
          .client()
          .batches()
          .upload(JsonLines.once(source).progress((lines, bytes) -> taken.set(lines)));

      assertThat(read).hasValue(200_000);
      assertThat(mostAhead.get()).isLessThan(2_000);
    }
  }
}
