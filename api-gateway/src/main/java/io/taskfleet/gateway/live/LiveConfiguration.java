package io.taskfleet.gateway.live;

import io.micrometer.core.instrument.MeterRegistry;
import io.taskfleet.wire.Topics;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

@Configuration(proxyBeanMethods = false)
class LiveConfiguration implements WebMvcConfigurer {
  private static final int FETCH_BYTES = 4 << 20;
  private static final int POLL_RECORDS = 250;
  private static final int FETCH_WAIT_MILLIS = 250;

  @Override
  public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
    resolvers.add(new FollowerResolver());
  }

  @Bean
  EventStreams eventStreams(
      LiveProperties properties,
      Clock clock,
      ScheduledExecutorService background,
      MeterRegistry meters) {
    return new EventStreams(properties, clock, background, meters);
  }

  @Bean
  EventTopic eventTopic(
      KafkaAdmin admin, ConsumerFactory<?, ?> consumers, LiveProperties properties) {
    Map<String, Object> reading = reading(consumers.getConfigurationProperties(), properties);
    return new EventTopic(
        () ->
            new KafkaConsumer<>(reading, new ByteArrayDeserializer(), new ByteArrayDeserializer()),
        () -> admin.describeTopics(Topics.EVENTS).values().iterator().next());
  }

  @Bean
  Feed feed(LiveProperties properties) {
    return new Feed(properties.recent().toBytes());
  }

  @Bean
  FeedReader feedReader(Feed feed, EventTopic topic, LiveProperties properties) {
    return new FeedReader(feed, topic, properties.linger());
  }

  @Bean
  Replays replays(EventTopic topic, LiveProperties properties) {
    return new Replays(topic, properties.replays());
  }

  private static Map<String, Object> reading(
      Map<String, Object> configured, LiveProperties properties) {
    Map<String, Object> reading = new HashMap<>(configured);
    // Nobody's progress is touched: whoever reads belongs to no group and commits nothing.
    reading.remove(ConsumerConfig.GROUP_ID_CONFIG);
    reading.remove(ConsumerConfig.CLIENT_ID_CONFIG);
    reading.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    // To go on elsewhere would be a gap.
    reading.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    reading.put(
        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
        IsolationLevel.READ_COMMITTED.toString().toLowerCase(Locale.ROOT));
    reading.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    reading.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, POLL_RECORDS);
    reading.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES);
    reading.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, FETCH_WAIT_MILLIS);
    int patience = Math.toIntExact(properties.patience().toMillis());
    reading.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, patience);
    reading.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, patience);
    return reading;
  }
}
