package io.taskfleet.worker;

import static io.taskfleet.worker.HostAnswers.answer;
import static io.taskfleet.worker.HostAnswers.dripping;
import static io.taskfleet.worker.HostAnswers.flooding;
import static io.taskfleet.worker.HostAnswers.inTurn;
import static io.taskfleet.worker.HostAnswers.length;
import static io.taskfleet.worker.HostAnswers.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.task.BuiltInTypes;
import io.taskfleet.task.Task;
import io.taskfleet.wire.StrictJson;
import io.taskfleet.worker.outbound.BlockedDestination;
import io.taskfleet.worker.outbound.RawHttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** How a call ends, whatever the host does: in Postgres, on the dead-letter topic, at the host. */
class HttpMisbehaviourIT {
  /** The one address that this fleet may call. */
  private static final InetAddress ALLOWED = InetAddress.ofLiteral("127.0.0.77");

  private static final TestFleet FLEET =
      new TestFleet(SharedLocalStack.get(), SharedLocalStack.createDatabase("misbehaviour"));
  private static final List<RawHttpServer> HOSTS = new ArrayList<>();

  @BeforeAll
  static void startWorker() {
    FLEET.startWorker(
        "taskfleet.worker.types=http",
        "taskfleet.worker.relay-interval=50ms",
        "taskfleet.worker.defaults.max-attempts=3",
        "taskfleet.worker.defaults.backoff-base=50ms",
        "taskfleet.worker.defaults.backoff-cap=100ms",
        "taskfleet.outbound.allowed-networks=127.0.0.77");
  }

  @AfterAll
  static void stop() throws IOException {
    HostAnswers.END.countDown();
    FLEET.close();
    for (RawHttpServer host : HOSTS) {
      host.close();
    }
  }

  /** How a task must end. */
  record Ending(String state, int attempts, String reason, String errorClass) {
    static Ending succeeded(int attempts) {
      return new Ending("succeeded", attempts, "", "");
    }

    static Ending refused() {
      return new Ending("dead", 1, "REJECTED", "permanent");
    }

    static Ending givenUp(String errorClass) {
      return new Ending("dead", 3, "RETRIES_EXHAUSTED", errorClass);
    }
  }

  /**
   * A host, what is called there, and what must come of it.
   *
   * @param calls how many connections the host must have seen
   */
  private record Case(
      String name, RawHttpServer host, String scheme, Ending ending, int calls, Task task) {

    static Case of(String name, RawHttpServer.Answer answer, Ending ending, int calls)
        throws IOException {
      return at(listeningHost(answer), "http", name, ending, calls);
    }

    static Case at(RawHttpServer host, String scheme, String name, Ending ending, int calls) {
      String url = "%s://%s:%d/".formatted(scheme, ALLOWED.getHostAddress(), host.port());
      return new Case(
          name,
          host,
          scheme,
          ending,
          calls,
          call(url, ending.errorClass.equals("timeout") ? "1500ms" : "10s", "none"));
    }
  }

  @Test
  void everyMisbehaviourEndsAsItMust() throws Exception {
    RawHttpServer inside =
        host(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), answer(200));
    // The first call loads the classes of all others, which are given little time.
    Case first = Case.of("first", answer(200), Ending.succeeded(1), 1);
    FLEET.publish(first.task);
    FLEET.awaitState(first.task.id(), "succeeded");
    List<Case> cases = cases(inside);

    FLEET.publishAll(cases.stream().map(Case::task).toList());

    awaitEnded(cases.stream().map(Case::task).toList());
    Map<UUID, List<ConsumerRecord<byte[], byte[]>>> letters = awaitLetters(cases);
    for (Case each : cases) {
      assertEnding(each, letters.getOrDefault(each.task.id(), List.of()));
    }
    assertThat(inside.connections()).as("where the redirect points to").isZero();
    System.out.printf("%d misbehaviours ended as they must%n", cases.size());
  }

  private static List<Case> cases(RawHttpServer inside) throws Exception {
    String elsewhere = "Location: http://127.0.0.1:%d/\r\n".formatted(inside.port());
    RawHttpServer closed = listeningHost(answer(200));
    List<Case> cases = new ArrayList<>();
    cases.add(Case.of("200", answer(200), Ending.succeeded(1), 1));
    for (int status : new int[] {400, 401, 404, 410, 422}) {
      cases.add(Case.of("" + status, answer(status), Ending.refused(), 1));
    }
    cases.add(Case.of("408", answer(408), Ending.givenUp("timeout"), 3));
    cases.add(Case.of("425", answer(425), Ending.givenUp("throttled"), 3));
    for (int status : new int[] {500, 502, 503, 504}) {
      cases.add(Case.of("" + status, answer(status), Ending.givenUp("server_error"), 3));
    }
    cases.add(Case.of("500, then 200", inTurn(answer(500), answer(200)), Ending.succeeded(2), 2));
    cases.add(
        Case.of(
            "429 with Retry-After, then 200",
            inTurn(answer(429, "Retry-After: 1\r\n"), answer(200)),
            Ending.succeeded(1),
            2));
    cases.add(
        Case.of(
            "503 with Retry-After, then 200",
            inTurn(answer(503, "Retry-After: 1\r\n"), answer(200)),
            Ending.succeeded(1),
            2));
    cases.add(
        Case.of("redirect to a private address", answer(302, elsewhere), Ending.refused(), 1));
    cases.add(Case.of("307 to a private address", answer(307, elsewhere), Ending.refused(), 1));
    cases.add(Case.of("hang", _ -> HostAnswers.hang(), Ending.givenUp("timeout"), 3));
    cases.add(
        Case.of(
            "slow drip of a body", dripping(length(10_000), "x"), Ending.givenUp("timeout"), 3));
    cases.add(
        Case.of(
            "slow drip of a head",
            dripping("HTTP/1.1 200 x\r\n", "a: b\r\n"),
            Ending.givenUp("timeout"),
            3));
    cases.add(
        Case.of(
            "endless body",
            flooding(length(Integer.MAX_VALUE), "x".repeat(8_192)),
            Ending.succeeded(1),
            1));
    cases.add(
        Case.of(
            "endless head",
            flooding("HTTP/1.1 200 x\r\na: ", "x"),
            Ending.givenUp("connection"),
            3));
    cases.add(
        Case.of(
            "body cut short",
            out -> write(out, length(10) + "five!"),
            Ending.givenUp("connection"),
            3));
    cases.add(Case.of("no answer at all", out -> {}, Ending.givenUp("connection"), 3));
    cases.add(
        Case.of(
            "no HTTP",
            flooding("SSH-2.0-OpenSSH\r\n", "garbage\r\n"),
            Ending.givenUp("connection"),
            3));
    cases.add(
        Case.at(
            listeningHost(answer(200)).resetting(),
            "http",
            "reset",
            Ending.givenUp("connection"),
            3));
    cases.add(Case.at(closed, "http", "nobody there", Ending.givenUp("connection"), 0));
    cases.add(
        Case.at(
            listeningHost(HostAnswers::plainText).unasked(),
            "https",
            "plain text for TLS",
            Ending.givenUp("tls"),
            3));
    cases.add(
        Case.at(
            host(new SelfSignedTls("ip:127.0.0.77").listening(ALLOWED), answer(200)),
            "https",
            "certificate of nobody",
            Ending.givenUp("tls"),
            3));
    closed.close();
    return cases;
  }

  private static void assertEnding(Case each, List<ConsumerRecord<byte[], byte[]>> letters) {
    Ending ending =
        FLEET
            .database
            .sql(
                """
                select state, attempt as attempts, coalesce(error_code, '') as reason,
                       coalesce(error_class, '') as error_class
                  from task where id = ?
                """)
            .param(each.task.id())
            .query(Ending.class)
            .single();
    assertThat(ending).as(each.name).isEqualTo(each.ending);
    assertThat(each.host.connections()).as(each.name).isEqualTo(each.calls);
    assertThat(letters)
        .as(each.name)
        .extracting(letter -> TestTopics.header(letter, "taskfleet_dlt-reason"))
        .isEqualTo(each.ending.reason.isEmpty() ? List.of() : List.of(each.ending.reason));
    assertThat(result(each.task, "truncated"))
        .isEqualTo(each.name.equals("endless body") ? "true" : "");
  }

  @Test
  void noSpellingOfAnAddressInsideIsCalled() throws Exception {
    RawHttpServer sink = host(new ServerSocket(0), answer(200));
    Map<UUID, BlockedDestination> tasks = new HashMap<>();
    List<Task> published = new ArrayList<>();
    // Names but that of loopback would be asked of a server.
    for (BlockedDestination each : BlockedDestination.all()) {
      if (!each.isName() || each.host().equalsIgnoreCase("localhost")) {
        Task task = call("http://%s:%d/".formatted(each.host(), sink.port()), "5s", "none");
        tasks.put(task.id(), each);
        published.add(task);
      }
    }

    FLEET.publishAll(published);

    awaitEnded(published);
    published.forEach(task -> assertThat(FLEET.state(task.id())).isEqualTo("dead"));
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(letters().keySet()).containsAll(tasks.keySet()));
    Map<UUID, List<ConsumerRecord<byte[], byte[]>>> letters = letters();
    tasks.forEach(
        (id, destination) ->
            assertThat(letters.get(id))
                .as(destination.toString())
                .singleElement()
                .satisfies(
                    letter ->
                        assertThat(TestTopics.header(letter, "taskfleet_dlt-reason"))
                            .isEqualTo(
                                destination.isName()
                                    ? "BLOCKED_DESTINATION"
                                    : destination.submit())));
    assertThat(sink.connections()).isZero();
    System.out.printf("%d destinations blocked, no connection%n", tasks.size());
  }

  @Test
  void whileTheBreakerIsOpenTheLastGoodReplyIsTheResult() throws Exception {
    AtomicInteger status = new AtomicInteger(200);
    RawHttpServer host = host(listening(), out -> answer(status.get()).write(out));
    String url = "http://%s:%d/rates".formatted(ALLOWED.getHostAddress(), host.port());
    Task good = call(url, "5s", "cached");
    FLEET.publish(good);
    FLEET.awaitState(good.id(), "succeeded");
    status.set(500);
    // With fewer all of them might be under way together when the breaker opens.
    List<Task> failing = IntStream.range(0, 8).mapToObj(i -> call(url, "5s", "none")).toList();
    FLEET.publishAll(failing);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                FLEET.count(
                        "select count(*) from task where state = 'deferred' and error_detail like"
                            + " '%breaker%'")
                    > 0);
    int calls = host.connections();

    Task stale = call(url, "5s", "cached");
    FLEET.publish(stale);

    FLEET.awaitState(stale.id(), "succeeded");
    assertThat(result(good, "stale")).isEqualTo("");
    assertThat(result(stale, "stale")).isEqualTo("true");
    assertThat(result(stale, "body")).isEqualTo(result(good, "body")).isNotEmpty();
    assertThat(result(stale, "age")).matches("PT\\d+S");
    assertThat(host.connections()).isEqualTo(calls);
  }

  private static void awaitEnded(List<Task> tasks) {
    String ids = tasks.stream().map(task -> task.id().toString()).collect(Collectors.joining(","));
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThat(
                        FLEET.count(
                            """
                            select count(*) from task
                             where id = any (string_to_array(?, ',')::uuid[])
                               and finished_at is not null
                            """,
                            ids))
                    .isEqualTo(tasks.size()));
  }

  private static String result(Task task, String field) {
    return FLEET
        .database
        .sql("select coalesce(result->>?, '') from task where id = ?")
        .params(field, task.id())
        .query(String.class)
        .single();
  }

  private static Map<UUID, List<ConsumerRecord<byte[], byte[]>>> awaitLetters(List<Case> cases) {
    List<UUID> dead =
        cases.stream()
            .filter(each -> each.ending.state.equals("dead"))
            .map(each -> each.task.id())
            .toList();
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(letters().keySet()).containsAll(dead));
    return letters();
  }

  private static Map<UUID, List<ConsumerRecord<byte[], byte[]>>> letters() {
    Map<UUID, List<ConsumerRecord<byte[], byte[]>>> byTask = new HashMap<>();
    for (ConsumerRecord<byte[], byte[]> letter : FLEET.topics.deadLetters(BuiltInTypes.HTTP)) {
      UUID id = UUID.fromString(TestTopics.header(letter, "taskfleet_dlt-task-id"));
      byTask.computeIfAbsent(id, _ -> new ArrayList<>()).add(letter);
    }
    return byTask;
  }

  private static Task call(String url, String timeout, String fallback) {
    String payload =
        StrictJson.mapper()
            .writeValueAsString(Map.of("url", url, "timeout", timeout, "fallback", fallback));
    return FLEET.task(BuiltInTypes.HTTP, payload, Task.Options.NONE);
  }

  private static ServerSocket listening() throws IOException {
    return new ServerSocket(0, 50, ALLOWED);
  }

  private static RawHttpServer listeningHost(RawHttpServer.Answer answer) throws IOException {
    return host(listening(), answer);
  }

  private static RawHttpServer host(ServerSocket server, RawHttpServer.Answer answer) {
    RawHttpServer host = new RawHttpServer(server, answer);
    HOSTS.add(host);
    return host;
  }
}
