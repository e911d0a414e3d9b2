package io.taskfleet.gateway.socket;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.taskfleet.gateway.security.Caller;
import io.taskfleet.gateway.security.Scope;
import io.taskfleet.gateway.socket.RefusedFrame.Code;
import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.task.RawJson;
import io.taskfleet.task.TaskIds;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.socket.CloseStatus;

/** Does what clients say, and answers them. */
final class Conversation {
  private static final CloseStatus FLOOD = CloseStatus.POLICY_VIOLATION.withReason("too many");

  private final FrameReader reader;
  private final Admission admission;
  private final Hub hub;
  private final Relay relay;
  private final Presence presence;
  private final Submissions submissions;
  private final Clock clock;
  private final int mostChannels;

  Conversation(
      FrameReader reader, Admission admission, Sharing sharing, Clock clock, int mostChannels) {
    this.reader = reader;
    this.admission = admission;
    this.hub = sharing.hub();
    this.relay = sharing.relay();
    this.presence = sharing.presence();
    this.submissions = sharing.submissions();
    this.clock = clock;
    this.mostChannels = mostChannels;
  }

  /** Through what others are reached. */
  record Sharing(Hub hub, Relay relay, Presence presence, Submissions submissions) {}

  /** A client said this. */
  void hear(Connection connection, String text) {
    if (!connection.outbox().isOpen()) {
      // It was told to go, and talks on.
      return;
    }
    String ref = null;
    try {
      if (!connection.mayTalk()) {
        throw new RefusedFrame(Code.TOO_MANY, "too many messages");
      }
      FrameReader.Opened opened = reader.open(text);
      ref = opened.ref();
      ClientFrame frame = reader.read(opened);
      if (frame instanceof ClientFrame.Auth auth) {
        admission.admit(connection, auth.token(), ref);
      } else if (connection.member() == null) {
        admission.turnAway(connection);
      } else {
        act(connection, frame, ref);
      }
    } catch (RefusedFrame refusal) {
      refuse(connection, refusal, ref);
    } catch (ProblemException problem) {
      refuse(connection, RefusedFrame.of(problem), ref);
    }
  }

  private void refuse(Connection connection, RefusedFrame refusal, @Nullable String ref) {
    if (connection.member() == null) {
      admission.turnAway(connection);
      return;
    }
    connection.send(refusal.answer(ref));
    if (!connection.mayErr()) {
      connection.refuse(FLOOD);
    }
  }

  private void act(Connection connection, ClientFrame frame, @Nullable String ref)
      throws RefusedFrame {
    switch (frame) {
      case ClientFrame.Auth _ -> throw new IllegalStateException();
      case ClientFrame.Ping _ -> connection.send(new ServerFrame.Pong(ref));
      case ClientFrame.Subscribe(String channel) -> subscribe(connection, channel, ref);
      case ClientFrame.Unsubscribe(String channel) -> unsubscribe(connection, channel, ref);
      case ClientFrame.Chat chat -> chat(connection, chat);
      case ClientFrame.Status(String status) -> {
        if (!presence.change(connection.requirePerson(), status)) {
          throw away();
        }
      }
      case ClientFrame.Ack(String id) -> acknowledge(connection, id, ref);
      case ClientFrame.Notification notification -> notify(connection, notification, ref);
    }
  }

  private void subscribe(Connection connection, String name, @Nullable String ref)
      throws RefusedFrame {
    Channel channel = channel(connection, name);
    if (!connection.channels().contains(channel) && connection.channels().size() >= mostChannels) {
      throw RefusedFrame.at("/channel", "at most " + mostChannels + " channels");
    }
    connection.channels().add(channel);
    hub.join(channel, connection);
    // Joined first: who comes in between is heard of twice, and not missed.
    List<ServerFrame.Member> members =
        channel.isRoom() ? null : presence.members(channel.tenant()).orElse(null);
    connection.send(new ServerFrame.Subscribed(name, members, ref));
  }

  private void unsubscribe(Connection connection, String name, @Nullable String ref)
      throws RefusedFrame {
    Channel channel = subscribed(connection, name);
    connection.channels().remove(channel);
    hub.part(channel, connection);
    connection.send(new ServerFrame.Unsubscribed(name, ref));
  }

  private void chat(Connection connection, ClientFrame.Chat chat) throws RefusedFrame {
    Channel room = subscribed(connection, chat.channel());
    if (!room.isRoom()) {
      throw RefusedFrame.at("/channel", "must be a room");
    }
    ServerFrame said =
        new ServerFrame.Chat(
            TaskIds.next(clock),
            room.name(),
            connection.requirePerson().user(),
            chat.text(),
            clock.instant());
    if (!relay.say(room, said)) {
      throw away();
    }
  }

  private static Channel channel(Connection connection, String name) throws RefusedFrame {
    return Channel.named(connection.requirePerson().tenant(), name)
        .orElseThrow(() -> RefusedFrame.at("/channel", "must be presence or room:<name>"));
  }

  private static Channel subscribed(Connection connection, String name) throws RefusedFrame {
    Channel channel = channel(connection, name);
    if (!connection.channels().contains(channel)) {
      throw new RefusedFrame(Code.NOT_SUBSCRIBED, "subscribe to the channel first");
    }
    return channel;
  }

  private static void acknowledge(Connection connection, String text, @Nullable String ref)
      throws RefusedFrame {
    Connection.Member member = connection.member();
    Feed feed = member == null ? null : member.feed();
    Optional<UUID> id = TaskIds.parse(text);
    if (feed == null || id.isEmpty() || !feed.acknowledge(id.get())) {
      throw new RefusedFrame(
          Code.UNKNOWN_NOTIFICATION, "there is no such notification in the inbox");
    }
    connection.send(new ServerFrame.Acked(id.get(), ref));
  }

  private void notify(
      Connection connection, ClientFrame.Notification notification, @Nullable String ref)
      throws RefusedFrame {
    Caller caller = connection.requireCaller();
    if (notification.isBroadcast() == (notification.userId() != null)) {
      throw RefusedFrame.at("/user_id", "give user_id or broadcast, and not both");
    }
    if (notification.isBroadcast()) {
      require(caller, Scope.USERS);
      broadcast(caller, connection.requirePerson(), notification);
    } else {
      require(caller, Scope.TASKS_WRITE);
      UUID id = submissions.submit(caller.tenant(), notification);
      connection.send(new ServerFrame.Accepted(id, ref));
    }
  }

  private void broadcast(Caller caller, Person from, ClientFrame.Notification notification)
      throws RefusedFrame {
    ServerFrame said =
        new ServerFrame.Broadcast(
            TaskIds.next(clock),
            notification.title(),
            notification.message(),
            notification.data() == null
                ? null
                : new RawJson(notification.data().toString().getBytes(UTF_8)),
            from.user(),
            clock.instant());
    if (!relay.say(Channel.everybody(caller.tenant()), said)) {
      throw away();
    }
  }

  private static void require(Caller caller, Scope scope) throws RefusedFrame {
    if (!caller.scopes().contains(scope)) {
      throw new RefusedFrame(Code.FORBIDDEN, "the scope " + scope.label() + " is required");
    }
  }

  private static RefusedFrame away() {
    return new RefusedFrame(Code.UNAVAILABLE, "others cannot be reached at the moment");
  }
}
