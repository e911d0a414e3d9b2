package io.taskfleet.worker;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.taskfleet.handler.HandlerResult;
import io.taskfleet.handler.TaskContext;
import io.taskfleet.handler.TaskHandler;
import io.taskfleet.handler.TaskType;
import io.taskfleet.task.Priority;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskIds;
import io.taskfleet.worker.attempt.Effect;
import io.taskfleet.worker.attempt.ResultWithEffects;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Plays {@link Script}s and remembers what it started and finished, over all workers of a JVM. */
final class ScriptHandler implements TaskHandler<Script> {
  static final TaskType<Script> TYPE = new TaskType<>("script", Script.class);

  /** The property that names the sink which every attempt calls. */
  static final String SINK = "taskfleet.test.sink";

  /** An attempt that was made. */
  record Played(UUID id, int attempt, Instant started, Instant ended) {}

  /** What those wait for that are to hold. */
  private static volatile CountDownLatch held = new CountDownLatch(0);

  static final Queue<UUID> STARTED = new ConcurrentLinkedQueue<>();
  static final Queue<Played> PLAYED = new ConcurrentLinkedQueue<>();

  private final @Nullable Sink sink;

  private ScriptHandler(@Nullable Sink sink) {
    this.sink = sink;
  }

  /** Adds the handler to a worker, and a sink if it is given a name for it. */
  @Configuration(proxyBeanMethods = false)
  static class Configured {
    @Bean
    @ConditionalOnProperty(SINK)
    Sink sink(RedisProperties redis, @Value("${" + SINK + "}") String name) {
      return new Sink(redis.url().toString(), name);
    }

    @Bean
    ScriptHandler scriptHandler(ObjectProvider<Sink> sink) {
      return new ScriptHandler(sink.getIfAvailable());
    }
  }

  @Override
  public TaskType<Script> type() {
    return TYPE;
  }

  @Override
  public HandlerResult handle(Script script, TaskContext context) throws Exception {
    Instant started = Instant.now();
    STARTED.add(context.id());
    if (script.millis() != null) {
      Thread.sleep(Duration.ofMillis(script.millis()));
    }
    if (script.does().equals("hold")) {
      held.await();
    }
    if (sink != null) {
      sink.call(context.id(), context.attempt());
    }
    PLAYED.add(new Played(context.id(), context.attempt(), started, Instant.now()));
    return switch (script.does()) {
      case "fail" -> throw new IOException("as the script says");
      case "fail_once" -> {
        if (context.attempt() == 1) {
          throw new IOException("as the script says");
        }
        yield HandlerResult.of(null);
      }
      case "throw_error" -> throw new StackOverflowError();
      case "halt" -> {
        Runtime.getRuntime().halt(1);
        throw new IllegalStateException("still here");
      }
      case "follow" ->
          new ResultWithEffects(null, List.of(new Effect.TaskSubmitted(following(context))));
      default -> HandlerResult.of(null);
    };
  }

  /** Lets those that are to hold do so from now on, until this is counted down. */
  static CountDownLatch hold() {
    held = new CountDownLatch(1);
    return held;
  }

  static UUID followingId(UUID parent) {
    return TaskIds.fromParent(parent, "next");
  }

  private static Task following(TaskContext context) {
    UUID id = followingId(context.id());
    return Task.submitted(
        id,
        context.tenant(),
        TYPE,
        new Task.Submission(
            Priority.NORMAL,
            id.toString(),
            "{\"does\":\"succeed\"}".getBytes(UTF_8),
            Task.Options.NONE),
        context.createdAt(),
        context.traceparent());
  }
}
