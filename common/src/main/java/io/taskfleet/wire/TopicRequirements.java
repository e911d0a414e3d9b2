package io.taskfleet.wire;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.jspecify.annotations.Nullable;

/**
 * What topics must be like that are there already: the fleet creates topics and changes none.
 *
 * @param topicSets the topics of tasks, by the dead-letter topic that must hold what comes from
 *     them
 * @param longestRetry for how long tasks must be kept at least
 */
public record TopicRequirements(Map<String, List<String>> topicSets, Duration longestRetry) {

  /** Those of the topics of these types, and of the one for lifecycle events. */
  public static TopicRequirements of(Collection<String> types, Duration longestRetry) {
    Map<String, List<String>> sets = new HashMap<>();
    types.forEach(type -> sets.put(Topics.deadLetter(type), Topics.of(type)));
    return new TopicRequirements(sets, longestRetry);
  }

  /**
   * Refuses topics on which tasks would be lost. What is not there, or cannot be asked about, is
   * not looked at.
   *
   * @throws IllegalStateException naming the topic, and the setting that cannot be
   */
  public void check(Admin admin, Duration patience) throws InterruptedException {
    List<String> misfits = misfits(describe(admin, patience));
    if (!misfits.isEmpty()) {
      throw new IllegalStateException(String.join("; ", misfits));
    }
  }

  private Map<String, Config> describe(Admin admin, Duration patience) throws InterruptedException {
    List<ConfigResource> asked = new ArrayList<>(List.of(resource(Topics.EVENTS)));
    topicSets.forEach(
        (deadLetter, sources) -> {
          asked.add(resource(deadLetter));
          sources.forEach(source -> asked.add(resource(source)));
        });
    Map<String, Config> described = new TreeMap<>();
    DescribeConfigsOptions options =
        new DescribeConfigsOptions().timeoutMs(Math.toIntExact(patience.toMillis()));
    for (Map.Entry<ConfigResource, KafkaFuture<Config>> answer :
        admin.describeConfigs(asked, options).values().entrySet()) {
      try {
        described.put(answer.getKey().name(), answer.getValue().get());
      } catch (ExecutionException notToldOf) {
        // Not there, or nobody to ask.
      }
    }
    return described;
  }

  private static ConfigResource resource(String topic) {
    return new ConfigResource(ConfigResource.Type.TOPIC, topic);
  }

  List<String> misfits(Map<String, Config> described) {
    List<String> misfits = new ArrayList<>();
    described.forEach(
        (topic, config) -> {
          String policy = value(config, TopicConfig.CLEANUP_POLICY_CONFIG);
          if (policy != null && !policy.equals(TopicConfig.CLEANUP_POLICY_DELETE)) {
            misfits.add(
                "%s: cleanup.policy is %s and must be delete, or tasks of one key replace each other"
                    .formatted(topic, policy));
          }
        });
    topicSets.forEach(
        (deadLetter, sources) ->
            sources.forEach(
                source -> {
                  Config config = described.get(source);
                  if (config != null) {
                    addKeptTooShort(source, config, misfits);
                    addTooSmall(deadLetter, described.get(deadLetter), source, config, misfits);
                  }
                }));
    return misfits;
  }

  private void addKeptTooShort(String topic, Config config, List<String> misfits) {
    Long kept = number(config, TopicConfig.RETENTION_MS_CONFIG);
    if (kept != null && kept >= 0 && kept < longestRetry.toMillis()) {
      misfits.add(
          "%s: retention.ms is %d, shorter than the longest retry, %s"
              .formatted(topic, kept, longestRetry));
    }
  }

  private static void addTooSmall(
      String deadLetter,
      @Nullable Config deadLetterConfig,
      String source,
      Config config,
      List<String> misfits) {
    Long taken = number(config, TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
    Long held =
        deadLetterConfig == null
            ? null
            : number(deadLetterConfig, TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
    if (taken != null && held != null && held < taken) {
      misfits.add(
          "%s: max.message.bytes is %d, smaller than the %d of %s"
              .formatted(deadLetter, held, taken, source));
    }
  }

  private static @Nullable Long number(Config config, String name) {
    String value = value(config, name);
    return value == null ? null : Long.valueOf(value);
  }

  private static @Nullable String value(Config config, String name) {
    ConfigEntry entry = config.get(name);
    return entry == null ? null : entry.value();
  }
}
