package io.taskfleet.gateway.socket;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import org.springframework.web.socket.TextMessage;

/**
 * Who hears which channel in this gateway. Users come and go under the lock of their channel's
 * entry, so that presence hears of it in the order in which it happens.
 */
final class Hub {
  private final ConcurrentMap<Channel, Set<Connection>> listeners = new ConcurrentHashMap<>();
  private final Presence presence;
  private final int perUser;

  Hub(Presence presence, int perUser) {
    this.presence = presence;
    this.perUser = perUser;
  }

  /**
   * Lets a user's client in.
   *
   * @param greeting what it is sent before anything else
   * @return false if the user has as many as one may
   */
  boolean enter(Person person, Connection connection, ServerFrame greeting) {
    Set<Connection> own =
        listeners.compute(
            Channel.of(person),
            (channel, before) -> {
              if (before == null) {
                presence.arrived(person);
              }
              Set<Connection> now = before == null ? ConcurrentHashMap.newKeySet() : before;
              if (now.size() < perUser) {
                connection.send(greeting);
                now.add(connection);
              }
              return now;
            });
    boolean entered = own.contains(connection);
    if (entered) {
      join(Channel.everybody(person.tenant()), connection);
    }
    return entered;
  }

  /** Forgets a client with all its channels; again is harmless. */
  void leave(Person person, Connection connection) {
    connection.channels().forEach(channel -> part(channel, connection));
    part(Channel.everybody(person.tenant()), connection);
    listeners.computeIfPresent(
        Channel.of(person),
        (channel, own) -> {
          own.remove(connection);
          if (own.isEmpty()) {
            presence.left(person);
            return null;
          }
          return own;
        });
  }

  void join(Channel channel, Connection connection) {
    listeners.compute(
        channel,
        (key, before) -> {
          Set<Connection> now = before == null ? ConcurrentHashMap.newKeySet() : before;
          now.add(connection);
          return now;
        });
  }

  void part(Channel channel, Connection connection) {
    listeners.computeIfPresent(
        channel,
        (key, now) -> {
          now.remove(connection);
          return now.isEmpty() ? null : now;
        });
  }

  /** Sends this to all who hear the channel. Waits for none of them. */
  void deliver(Channel channel, TextMessage message) {
    Set<Connection> all = listeners.get(channel);
    if (all != null) {
      all.forEach(each -> each.outbox().send(message));
    }
  }

  /** Does this with the inboxes of a user's clients. */
  void feeds(Person person, Consumer<Feed> action) {
    Set<Connection> own = listeners.get(Channel.of(person));
    if (own != null) {
      own.forEach(each -> withFeed(each, action));
    }
  }

  private static void withFeed(Connection connection, Consumer<Feed> action) {
    Connection.Member member = connection.member();
    if (member != null && member.feed() != null) {
      action.accept(member.feed());
    }
  }

  /** Whose clients are here. */
  Set<Person> people() {
    Set<Person> people = new HashSet<>();
    listeners.keySet().forEach(channel -> channel.person().ifPresent(people::add));
    return people;
  }
}
