package io.taskfleet.gateway;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** API keys beside that of {@link TestGateway}. */
public final class TestKeys {
  private TestKeys() {}

  /** Somebody of this tenant who may do this. */
  public static GatewayClient client(TestGateway gateway, String tenant, String... scopes) {
    String key = "tf_" + (UUID.randomUUID() + "" + UUID.randomUUID()).replace("-", "");
    gateway
        .bean(JdbcClient.class)
        .sql(
            "insert into api_key (id, tenant, name, hash, scopes, created_at)"
                + " values (?, ?, 'test', ?, ?, now())")
        .params(UUID.randomUUID(), tenant, sha256(key.getBytes(StandardCharsets.UTF_8)), scopes)
        .update();
    return new GatewayClient(gateway.url(), key);
  }

  /** SHA-256. */
  public static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException everyJavaHasIt) {
      throw new IllegalStateException(everyJavaHasIt);
    }
  }
}
