package io.taskfleet.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Somebody else, who may do everything. */
public final class OtherTenant {
  private OtherTenant() {}

  /** A client with a new key of this tenant. */
  public static GatewayClient client(TestGateway gateway, String tenant) {
    String key = "tf_" + UUID.randomUUID();
    gateway
        .bean(JdbcClient.class)
        .sql(
            """
            insert into api_key (id, tenant, name, hash, scopes, created_at)
            values (:id, :tenant, 'test', :hash, '{tasks:write,tasks:read,analytics}', now())
            """)
        .param("id", UUID.randomUUID())
        .param("tenant", tenant)
        .param("hash", sha256(key))
        .update();
    return new GatewayClient(gateway.url(), key);
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(US_ASCII));
    } catch (NoSuchAlgorithmException everyJavaHasIt) {
      throw new IllegalStateException(everyJavaHasIt);
    }
  }
}
