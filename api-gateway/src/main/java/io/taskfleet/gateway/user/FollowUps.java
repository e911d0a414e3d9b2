package io.taskfleet.gateway.user;

import io.taskfleet.gateway.user.NewUser.Origin;
import io.taskfleet.handler.TaskType;
import io.taskfleet.task.Addressed;
import io.taskfleet.task.AnalyticsPayload;
import io.taskfleet.task.BuiltInTypes;
import io.taskfleet.task.EmailPayload;
import io.taskfleet.task.Priority;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskIds;
import io.taskfleet.wire.StrictJson;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.node.ObjectNode;

/**
 * What follows from a new user: a welcome email and an analytics event. They are tasks that are due
 * at once, written in the transaction that makes the user; a worker's relay puts them on their
 * topics.
 */
final class FollowUps {
  private static final String EVENT = "user_created";

  /** Both the template and what the task's id is made of. */
  private static final String WELCOME = "welcome";

  // Ids are derived: a user that is made again under the same idempotency key is welcomed once.
  private static final String INSERT =
      """
      insert into task (id, tenant, type, priority, ordering_key, payload, payload_hash,
          traceparent, created_at, state, attempt, delivery, due_at, worker)
      select new.id, :tenant, new.type, :priority, new.ordering_key, new.payload::json,
             new.payload_hash, :traceparent, :at, 'scheduled', 0, 0, now(), 'gateway'
        from unnest(:ids::uuid[], :types::text[], :keys::text[], :payloads::text[],
            :hashes::bytea[])
          as new (id, type, ordering_key, payload, payload_hash)
       order by new.id
      on conflict do nothing
      """;

  private final JdbcClient jdbc;

  FollowUps(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  void insert(Origin origin, List<NewUser> users) {
    List<Task> tasks = new ArrayList<>();
    for (NewUser user : users) {
      if (origin.welcome()) {
        tasks.add(welcome(origin, user));
      }
      tasks.add(event(origin, user));
    }
    jdbc.sql(INSERT)
        .param("tenant", origin.tenant())
        .param("priority", Priority.NORMAL.label())
        .param("traceparent", origin.traceparent())
        .param("at", origin.at().atOffset(ZoneOffset.UTC))
        .param("ids", tasks.stream().map(Task::id).toArray(UUID[]::new))
        .param("types", tasks.stream().map(Task::type).toArray(String[]::new))
        .param("keys", tasks.stream().map(Task::key).toArray(String[]::new))
        .param("payloads", tasks.stream().map(FollowUps::payload).toArray(String[]::new))
        .param("hashes", tasks.stream().map(Task::payloadHash).toArray(byte[][]::new))
        .update();
  }

  private static Task welcome(Origin origin, NewUser user) {
    ObjectNode variables = StrictJson.mapper().createObjectNode();
    variables.put("name", user.request().name());
    EmailPayload email =
        EmailPayload.ofTemplate(List.of(user.request().email()), WELCOME, variables);
    return task(origin, TaskIds.fromParent(user.id(), WELCOME), BuiltInTypes.EMAIL, email);
  }

  private static Task event(Origin origin, NewUser user) {
    AnalyticsPayload event =
        new AnalyticsPayload(EVENT, user.id().toString(), null, null, origin.at());
    return task(origin, TaskIds.fromParent(user.id(), EVENT), BuiltInTypes.ANALYTICS, event);
  }

  private static Task task(Origin origin, UUID id, TaskType<?> type, Addressed payload) {
    Task.Submission submission =
        new Task.Submission(
            Priority.NORMAL,
            payload.recipient().orElseGet(id::toString),
            StrictJson.mapper().writeValueAsBytes(payload),
            Task.Options.NONE);
    return Task.submitted(id, origin.tenant(), type, submission, origin.at(), origin.traceparent());
  }

  private static String payload(Task task) {
    return new String(task.payload(), StandardCharsets.UTF_8);
  }
}
