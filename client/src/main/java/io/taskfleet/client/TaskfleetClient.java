package io.taskfleet.client;

import java.net.URI;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * A Taskfleet gateway, as an application sees it. Make one and keep it: it may be used by any
 * number of threads.
 *
 * <p>Every call throws a {@link TaskfleetException}: {@link RefusedException} when the gateway will
 * not do it, {@link UnavailableException} when it could not be done in time, {@link
 * UnreadableAnswerException} when what answered is no gateway.
 */
public final class TaskfleetClient {
  private static final String TASKS = "/v1/tasks";

  private final Transport transport;
  private final LongPoll longPoll;

  private record Listing(List<Task> items, @Nullable String nextPageToken) {}

  private TaskfleetClient(Transport transport) {
    this.transport = transport;
    this.longPoll = new LongPoll(transport);
  }

  /** A client of the gateway at this URL, such as {@code https://tasks.example.com}. */
  public static Builder at(String url) {
    return new Builder(URI.create(url.endsWith("/") ? url.substring(0, url.length() - 1) : url));
  }

  /** Many tasks, one progress. */
  public Batches batches() {
    return new Batches(transport);
  }

  /** What makes tasks by the clock. */
  public Schedules schedules() {
    return new Schedules(transport);
  }

  /** Those your tasks are for. */
  public Users users() {
    return new Users(transport);
  }

  /** Submits a task that does this. It is durable when this returns. */
  public Accepted submit(Payload payload) {
    return submit(Submission.of(payload));
  }

  /** Submits a task. It is durable when this returns. */
  public Accepted submit(Submission task) {
    return submit(task, UUID.randomUUID().toString());
  }

  /**
   * Submits a task under an idempotency key: the same task and key are one task, however often and
   * from wherever they are sent.
   *
   * @param idempotencyKey 1 to 255 printable ASCII characters, such as {@code
   *     order-17-confirmation}
   */
  public Accepted submit(Submission task, String idempotencyKey) {
    return transport.send(Call.post(TASKS, task, idempotencyKey), Accepted.class);
  }

  /** Submits up to 1,000 events in one request. Each is taken or refused by itself. */
  public EventsReceipt submit(List<AnalyticsEvent> events) {
    return submit(events, UUID.randomUUID().toString());
  }

  /** The same under this idempotency key. */
  public EventsReceipt submit(List<AnalyticsEvent> events, String idempotencyKey) {
    return transport.send(
        Call.post("/v1/analytics/events", events, idempotencyKey), EventsReceipt.class);
  }

  /** How a task stands. */
  public Task get(UUID id) {
    return transport.send(Call.get(path(id)), Task.class);
  }

  /**
   * Waits until a task has ended or the time is up, and answers how it stands then: ask {@link
   * Task#isFinal}.
   */
  public Task await(UUID id, Duration patience) {
    return longPoll.until(path(id), Task.class, Task::isFinal, patience);
  }

  /** Each change of a task as it happens, from how it stands now to its end. Close the stream. */
  public Stream<Task> watch(UUID id) {
    return Watching.stream(
        transport,
        new Watching.Source<>(
            Call.get(path(id) + "/events"),
            event -> event.named("task", Task.class),
            Task::isFinal,
            longPoll.changes(path(id), Task.class, Task::isFinal)),
        "");
  }

  /** What has happened to a task. */
  public Timeline timeline(UUID id) {
    return transport.send(Call.get(path(id) + "/timeline"), Timeline.class);
  }

  /**
   * Cancels a task, and answers how it stands now. Again is harmless.
   *
   * @throws ConflictException if it has ended otherwise
   */
  public Task cancel(UUID id) {
    return transport.send(Call.delete(path(id)), Task.class);
  }

  /**
   * Tasks, newest first, in a stream that fetches a page when it needs one. Those that wait for
   * their first attempt are not among them.
   */
  public Stream<Task> list(TaskFilter filter) {
    return Pages.stream(token -> page(filter, token));
  }

  /**
   * A part of them.
   *
   * @param pageToken null for the first
   */
  public Page<Task> page(TaskFilter filter, @Nullable String pageToken) {
    Query query = filter.pageQuery().with("page_token", pageToken);
    Listing listing = transport.send(Call.get(TASKS + query), Listing.class);
    return new Page<>(listing.items, listing.nextPageToken);
  }

  /** The lines of a file of all these tasks, with payloads and results. Close the stream. */
  public Stream<String> export(TaskFilter filter, DownloadFormat format) {
    Query query = filter.query().with("format", format);
    return Download.lines(transport, Call.get(TASKS + "/export" + query).accepting("*/*"));
  }

  /** What happens to your tasks, from now on and without an end. Close the stream. */
  public Stream<LifecycleEvent> events() {
    return events("");
  }

  /** The same from after the event of this id. */
  public Stream<LifecycleEvent> events(String lastEventId) {
    return Watching.stream(
        transport,
        new Watching.Source<>(Call.get("/v1/events"), TaskfleetClient::lifecycle),
        lastEventId);
  }

  /**
   * A token that stands for one of your users, such as for a browser that must not know the API
   * key.
   *
   * @param life an hour at most
   */
  public Token token(String userId, List<String> scopes, Duration life) {
    return transport.send(
        Call.postUnnamed(
            "/v1/tokens",
            Map.of("user_id", userId, "scopes", scopes, "expires_in", life.toString()),
            Repeat.SAFE),
        Token.class);
  }

  private static LifecycleEvent lifecycle(ServerEvent event) {
    try {
      JsonNode data = Json.mapper().readTree(event.data());
      return new LifecycleEvent(event.id(), event.name(), data);
    } catch (JacksonException e) {
      throw new UnreadableAnswerException("An event is not what a Taskfleet gateway says", e);
    }
  }

  private static String path(UUID id) {
    return TASKS + "/" + id;
  }

  /** Makes a client. */
  public static final class Builder {
    private final URI url;
    private @Nullable String key;
    private RetryPolicy policy = RetryPolicy.DEFAULT;
    private Duration connectTimeout = Duration.ofSeconds(5);
    private Duration attemptTimeout = Duration.ofSeconds(30);
    private Duration stallTimeout = Duration.ofMinutes(1);

    private Builder(URI url) {
      if (url.getHost() == null || !List.of("http", "https").contains(url.getScheme())) {
        throw new IllegalArgumentException("Not an http or https URL: " + url);
      }
      this.url = url;
    }

    /** An API key ({@code tf_…}), or a token. */
    public Builder key(String apiKey) {
      if (apiKey.isBlank() || !apiKey.chars().allMatch(c -> c > ' ' && c <= '~')) {
        // The key itself is nobody's business.
        throw new IllegalArgumentException("An API key has visible ASCII characters only");
      }
      key = apiKey;
      return this;
    }

    public Builder retries(RetryPolicy retryPolicy) {
      policy = retryPolicy;
      return this;
    }

    public Builder connectTimeout(Duration timeout) {
      connectTimeout = timeout;
      return this;
    }

    /** How long one try may take, answer included; 30 s if nothing is said. */
    public Builder attemptTimeout(Duration timeout) {
      attemptTimeout = timeout;
      return this;
    }

    /** How long uploads, downloads and streams may stand still; a minute if nothing is said. */
    public Builder stallTimeout(Duration timeout) {
      stallTimeout = timeout;
      return this;
    }

    /** The client. */
    public TaskfleetClient build() {
      HttpClient http =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .connectTimeout(connectTimeout)
              .followRedirects(HttpClient.Redirect.NEVER)
              .build();
      return new TaskfleetClient(
          new Transport(
              http,
              new Transport.Endpoint(url, key, attemptTimeout, stallTimeout),
              new Backoff(policy, new Random()),
              Clock.systemUTC()));
    }
  }
}
