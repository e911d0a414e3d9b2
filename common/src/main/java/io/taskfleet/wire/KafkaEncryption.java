package io.taskfleet.wire;

import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.CommonClientConfigs;

/** Whether what is said to Kafka can be read on the way. */
public final class KafkaEncryption {
  private static final Set<String> ENCRYPTED = Set.of("SSL", "SASL_SSL");

  private KafkaEncryption() {}

  /**
   * Refuses clients that talk in the clear.
   *
   * @param configuration of a Kafka client
   * @throws IllegalArgumentException if they do
   */
  public static void require(Map<String, Object> configuration) {
    Object protocol = configuration.get(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG);
    if (protocol == null || !ENCRYPTED.contains(protocol.toString())) {
      throw new IllegalArgumentException(
          "spring.kafka.security.protocol must be SSL or SASL_SSL under the profile production");
    }
  }
}
