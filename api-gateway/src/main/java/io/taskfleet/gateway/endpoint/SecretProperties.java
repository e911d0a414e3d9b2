package io.taskfleet.gateway.endpoint;

import io.taskfleet.secret.SealKeys;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How secrets are sealed before they are stored; the same in gateways and workers.
 *
 * @param keys by id: 32 random bytes in Base64. All of them open, so that a new one can be made
 *     known everywhere before the first seals with it
 * @param sealWith the id of the key that seals; needed if there are several
 */
@ConfigurationProperties("taskfleet.secrets")
record SecretProperties(@DefaultValue Map<String, String> keys, @Nullable String sealWith) {

  SealKeys sealKeys() {
    return new SealKeys(keys, sealWith);
  }

  @Override
  public String toString() {
    return "SecretProperties[keys=" + keys.keySet() + ", sealWith=" + sealWith + "]";
  }
}
