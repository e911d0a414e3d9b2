package io.taskfleet.gateway.socket;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lettuce.core.ScriptOutputType;
import io.taskfleet.gateway.redis.RedisConnection;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Who is there, in Redis, for as long as some gateway says so again and again: a user's entry ends
 * with the last of its gateways' clients, or some time after the last gateway has been killed.
 * Whoever makes an entry, or ends it, tells those who want to know: in the same script, so that the
 * news are in order. With Redis away nobody is told.
 *
 * <p>Keys: the tenant's users by the time their entry ends; their status; and for each user its
 * gateways, by the same time. Times are those of Redis.
 */
final class Presence {
  private static final String ONLINE = "online";
  private static final int MOST_MEMBERS = 200;
  private static final int AT_ONCE = 100;

  private static final String NOW =
      """
      local time = redis.call('TIME')
      local now = time[1] * 1000 + math.floor(time[2] / 1000)
      """;

  // A key of the whole tenant lives as long as the gateway of the longest life wants it to.
  private static final String KEEP =
      """
      local function keep(key, millis)
        if redis.call('PTTL', key) < millis then
          redis.call('PEXPIRE', key, millis)
        end
      end
      """;

  /**
   * Keys: users, statuses, gateways of each user. Arguments: gateway, life, then the users. Answers
   * those who had no entry.
   */
  private static final String RENEW =
      NOW
          + KEEP
          + """
          local life = tonumber(ARGV[2])
          local new = {}
          for i = 3, #KEYS do
            if redis.call('ZADD', KEYS[1], now + life, ARGV[i]) == 1 then
              new[#new + 1] = ARGV[i]
            end
            redis.call('ZADD', KEYS[i], now + life, ARGV[1])
            redis.call('PEXPIRE', KEYS[i], life)
          end
          keep(KEYS[1], 4 * life)
          keep(KEYS[2], 4 * life)
          return new
          """;

  /** Keys: users, statuses, gateways. Arguments: gateway, life, user, channel, message. */
  private static final String ARRIVE =
      NOW
          + KEEP
          + """
          local life = tonumber(ARGV[2])
          local known = redis.call('ZSCORE', KEYS[1], ARGV[3])
          redis.call('ZADD', KEYS[1], now + life, ARGV[3])
          redis.call('ZADD', KEYS[3], now + life, ARGV[1])
          keep(KEYS[1], 4 * life)
          redis.call('PEXPIRE', KEYS[3], life)
          if not known or tonumber(known) < now then
            redis.call('HDEL', KEYS[2], ARGV[3])
            redis.call('PUBLISH', ARGV[4], ARGV[5])
          end
          """;

  /** The same keys and arguments. */
  private static final String LEAVE =
      NOW
          + """
          redis.call('ZREM', KEYS[3], ARGV[1])
          redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now)
          if redis.call('ZCARD', KEYS[3]) == 0 then
            redis.call('ZREM', KEYS[1], ARGV[3])
            redis.call('HDEL', KEYS[2], ARGV[3])
            redis.call('PUBLISH', ARGV[4], ARGV[5])
          end
          """;

  /** Keys: users, statuses. Arguments: user, status, channel, message. */
  private static final String CHANGE =
      """
      redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
      redis.call('PUBLISH', ARGV[3], ARGV[4])
      """;

  /** Keys: users, statuses. Arguments: how many. */
  private static final String MEMBERS =
      NOW
          + """
          local answer = {}
          for _, user in ipairs(
              redis.call('ZRANGEBYSCORE', KEYS[1], now, '+inf', 'LIMIT', 0, ARGV[1])) do
            answer[#answer + 1] = user
            answer[#answer + 1] = redis.call('HGET', KEYS[2], user) or ''
          end
          return answer
          """;

  /** Keys: users, statuses. Arguments: how many; answers those whose entry has ended. */
  private static final String SWEEP =
      NOW
          + """
          local gone =
              redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, ARGV[1])
          for _, user in ipairs(gone) do
            redis.call('ZREM', KEYS[1], user)
            redis.call('HDEL', KEYS[2], user)
          end
          return gone
          """;

  private final RedisConnection redis;
  private final Relay relay;
  private final String gateway = UUID.randomUUID().toString();
  private final Duration life;

  Presence(RedisConnection redis, Relay relay, Duration life) {
    this.redis = redis;
    this.relay = relay;
    this.life = life;
  }

  /** The first client of this user has come to this gateway. */
  void arrived(Person person) {
    run(ARRIVE, person, new ServerFrame.Status(person.user(), ONLINE));
  }

  /** The last client of this user has left this gateway. */
  void left(Person person) {
    run(LEAVE, person, new ServerFrame.UserDisconnected(person.user()));
  }

  private void run(String script, Person person, ServerFrame news) {
    redis.tell(
        commands ->
            commands.eval(
                script,
                ScriptOutputType.STATUS,
                keys(person),
                bytes(gateway),
                bytes(Long.toString(life.toMillis())),
                bytes(person.user()),
                bytes(Relay.CHANNEL),
                toPresence(person.tenant(), news)));
  }

  /**
   * Tells what the user is now.
   *
   * @return false if Redis is away
   */
  boolean change(Person person, String status) {
    byte[] news = toPresence(person.tenant(), new ServerFrame.Status(person.user(), status));
    return redis
        .ask(
            commands ->
                commands
                    .eval(
                        CHANGE,
                        ScriptOutputType.STATUS,
                        keys(person.tenant()),
                        bytes(person.user()),
                        bytes(status),
                        bytes(Relay.CHANNEL),
                        news)
                    .thenApply(done -> true))
        .isPresent();
  }

  /** Who of the tenant is there, if Redis knows it; so many and no more. */
  Optional<List<ServerFrame.Member>> members(String tenant) {
    return redis
        .<List<Object>>ask(
            commands ->
                commands.eval(
                    MEMBERS,
                    ScriptOutputType.MULTI,
                    keys(tenant),
                    bytes(Integer.toString(MOST_MEMBERS))))
        .map(Presence::members);
  }

  private static List<ServerFrame.Member> members(List<Object> pairs) {
    List<ServerFrame.Member> members = new ArrayList<>();
    for (int i = 0; i + 1 < pairs.size(); i += 2) {
      String status = text(pairs.get(i + 1));
      members.add(new ServerFrame.Member(text(pairs.get(i)), status.isEmpty() ? ONLINE : status));
    }
    return members;
  }

  /** Says that these are still here, and finds out who of their tenants is gone unsaid. */
  void renew(Collection<Person> here) {
    Map<String, List<Person>> byTenant =
        here.stream().collect(Collectors.groupingBy(Person::tenant));
    byTenant.forEach(
        (tenant, people) -> {
          for (int i = 0; i < people.size(); i += AT_ONCE) {
            renew(tenant, people.subList(i, Math.min(people.size(), i + AT_ONCE)));
          }
          sweep(tenant);
        });
  }

  private void renew(String tenant, List<Person> people) {
    List<String> keys = new ArrayList<>(List.of(keys(tenant)));
    List<byte[]> arguments = new ArrayList<>();
    arguments.add(bytes(gateway));
    arguments.add(bytes(Long.toString(life.toMillis())));
    for (Person each : people) {
      keys.add(gatewaysKey(each));
      arguments.add(bytes(each.user()));
    }
    redis.tell(
        commands ->
            commands
                .<List<Object>>eval(
                    RENEW,
                    ScriptOutputType.MULTI,
                    keys.toArray(String[]::new),
                    arguments.toArray(byte[][]::new))
                .thenAccept(back -> back.forEach(user -> tellOnline(tenant, text(user)))));
  }

  private void sweep(String tenant) {
    redis.tell(
        commands ->
            commands
                .<List<Object>>eval(
                    SWEEP,
                    ScriptOutputType.MULTI,
                    keys(tenant),
                    bytes(Integer.toString(MOST_MEMBERS)))
                .thenAccept(gone -> gone.forEach(user -> tellGone(tenant, text(user)))));
  }

  // Redis had forgotten the user, or had not heard from here for too long.
  private void tellOnline(String tenant, String user) {
    tell(toPresence(tenant, new ServerFrame.Status(user, ONLINE)));
  }

  private void tellGone(String tenant, String user) {
    tell(toPresence(tenant, new ServerFrame.UserDisconnected(user)));
  }

  private void tell(byte[] news) {
    redis.tell(commands -> commands.publish(Relay.CHANNEL, news));
  }

  private byte[] toPresence(String tenant, ServerFrame news) {
    return relay.envelope(Channel.presence(tenant), news);
  }

  private static String[] keys(String tenant) {
    String encoded = encoded(tenant);
    return new String[] {"tf:presence:" + encoded, "tf:presence-status:" + encoded};
  }

  private static String[] keys(Person person) {
    String[] ofTenant = keys(person.tenant());
    return new String[] {ofTenant[0], ofTenant[1], gatewaysKey(person)};
  }

  private static String gatewaysKey(Person person) {
    return "tf:presence-gateways:" + encoded(person.tenant()) + ':' + encoded(person.user());
  }

  // Keys are ASCII, and two tenants must never share one.
  private static String encoded(String name) {
    return URLEncoder.encode(name, UTF_8);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static String text(Object value) {
    return value instanceof byte[] utf8 ? new String(utf8, UTF_8) : String.valueOf(value);
  }
}
