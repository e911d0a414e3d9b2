package io.taskfleet.worker.recipient;

import io.taskfleet.secret.SealKeys;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How secrets are sealed in Postgres; the same in gateways and workers.
 *
 * @param keys by id: 32 random bytes in Base64
 * @param sealWith the id of the key that gateways seal with; needed if there are several
 */
@ConfigurationProperties("taskfleet.secrets")
public record SecretProperties(@DefaultValue Map<String, String> keys, @Nullable String sealWith) {

  /** The keys themselves. */
  public SealKeys sealKeys() {
    return new SealKeys(keys, sealWith);
  }

  @Override
  public String toString() {
    return "SecretProperties[keys=" + keys.keySet() + ", sealWith=" + sealWith + "]";
  }
}
