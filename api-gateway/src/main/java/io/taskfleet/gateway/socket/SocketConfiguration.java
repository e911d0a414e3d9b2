package io.taskfleet.gateway.socket;

import io.lettuce.core.RedisClient;
import io.taskfleet.gateway.postgres.Turns;
import io.taskfleet.gateway.ratelimit.RateLimits;
import io.taskfleet.gateway.redis.RedisConnection;
import io.taskfleet.gateway.redis.RedisProperties;
import io.taskfleet.gateway.security.Tokens;
import io.taskfleet.gateway.submit.Acceptance;
import io.taskfleet.gateway.submit.TaskReader;
import io.taskfleet.wire.PayloadReader;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.socket.server.support.DefaultHandshakeHandler;
import org.springframework.web.socket.server.support.WebSocketHandlerMapping;
import org.springframework.web.socket.server.support.WebSocketHttpRequestHandler;

@Configuration(proxyBeanMethods = false)
class SocketConfiguration {
  private static final String PATH = "/v1/ws";
  private static final Duration ROUND = Duration.ofMillis(500);

  @Bean
  InboxRows inboxRows(JdbcClient jdbc, SocketProperties properties) {
    SocketProperties.Inbox inbox = properties.inbox();
    return new InboxRows(
        jdbc,
        new Turns(inbox.queriesAtOnce(), inbox.patience(), "inboxes cannot be read at the moment"));
  }

  @Bean
  Relay relay(RedisClient client, RedisProperties properties, RedisConnection redis) {
    return new Relay(client, properties, redis);
  }

  @Bean
  Presence presence(RedisConnection redis, Relay relay, SocketProperties properties) {
    return new Presence(redis, relay, properties.times().presence());
  }

  @Bean
  Hub hub(Presence presence, SocketProperties properties) {
    return new Hub(presence, properties.limits().perUser());
  }

  @Bean(destroyMethod = "shutdownNow")
  ScheduledExecutorService socketRounds() {
    return Executors.newSingleThreadScheduledExecutor(
        Thread.ofPlatform().daemon().name("socket-rounds").factory());
  }

  @Bean
  Sockets sockets(
      Hub hub,
      Presence presence,
      Relay relay,
      InboxRows rows,
      SocketProperties properties,
      Clock clock,
      ScheduledExecutorService socketRounds,
      ScheduledExecutorService background) {
    Sockets sockets =
        new Sockets(
            hub,
            new Checks(properties.times(), clock),
            new Lookout(hub, presence, relay, rows, properties),
            new Sockets.Rounds(socketRounds, ROUND),
            properties.limits().sockets());
    relay.start(background, sockets);
    return sockets;
  }

  @Bean
  Conversation.Sharing sharing(
      Hub hub,
      Relay relay,
      Presence presence,
      TaskReader reader,
      Acceptance acceptance,
      Clock clock) {
    return new Conversation.Sharing(
        hub, relay, presence, new Submissions(reader, acceptance, clock));
  }

  @Bean
  SocketHandler socketHandler(
      Sockets sockets,
      Tokens tokens,
      InboxRows rows,
      Conversation.Sharing sharing,
      PayloadReader payloads,
      SocketProperties properties,
      Clock clock) {
    Admission admission = new Admission(tokens, sharing.hub(), rows, properties.inbox());
    Conversation conversation =
        new Conversation(
            new FrameReader(payloads), admission, sharing, clock, properties.limits().channels());
    return new SocketHandler(sockets, admission, conversation, properties);
  }

  @Bean
  WebSocketHandlerMapping socketMapping(
      SocketHandler handler,
      Tokens tokens,
      RateLimits limits,
      Sockets sockets,
      SocketProperties properties) {
    DefaultHandshakeHandler handshake = new DefaultHandshakeHandler();
    handshake.setSupportedProtocols(Door.PROTOCOL);
    WebSocketHttpRequestHandler requests = new UncompressedRequests(handler, handshake);
    requests.setHandshakeInterceptors(
        List.of(new Door(tokens, limits, sockets, properties.allowedOrigins())));
    WebSocketHandlerMapping mapping = new WebSocketHandlerMapping();
    mapping.setUrlMap(Map.of(PATH, requests));
    mapping.setOrder(1);
    return mapping;
  }
}
