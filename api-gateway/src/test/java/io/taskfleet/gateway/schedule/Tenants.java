package io.taskfleet.gateway.schedule;

import io.taskfleet.gateway.GatewayClient;
import io.taskfleet.gateway.TestGateway;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Keys of other tenants. */
final class Tenants {
  private Tenants() {}

  /** A caller of this tenant who may do these things. */
  static GatewayClient client(TestGateway gateway, String tenant, String... scopes) {
    String key = "tf_" + UUID.randomUUID().toString().replace("-", "");
    gateway
        .bean(JdbcClient.class)
        .sql(
            """
            insert into api_key (id, tenant, name, hash, scopes, created_at)
            values (gen_random_uuid(), :tenant, 'test', sha256(convert_to(:key, 'UTF8')), :scopes,
                now())
            """)
        .param("tenant", tenant)
        .param("key", key)
        .param("scopes", scopes)
        .update();
    return new GatewayClient(gateway.url(), key);
  }
}
