package io.taskfleet.gateway.health;

import io.taskfleet.wire.StrictJson;
import java.time.Clock;
import java.time.Instant;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Says whether the gateway can serve, to anybody who asks. */
@RestController
final class HealthController {
  private static final String UP = "up";
  private static final String DOWN = "down";

  private final Servers servers;
  private final Clock clock;

  HealthController(Servers servers, Clock clock) {
    this.servers = servers;
    this.clock = clock;
  }

  record Report(String status, Instant timestamp, Services services) {}

  record Services(String database, String cache, String taskQueue) {}

  @GetMapping(path = "/health", produces = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<byte[]> health() {
    boolean serving = servers.isTaskQueueUp();
    boolean whole = serving && servers.isDatabaseUp() && servers.isCacheUp();
    Report report =
        new Report(
            whole ? UP : serving ? "degraded" : DOWN,
            clock.instant(),
            new Services(word(servers.isDatabaseUp()), word(servers.isCacheUp()), word(serving)));
    return ResponseEntity.status(serving ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE)
        .contentType(MediaType.APPLICATION_JSON)
        .cacheControl(CacheControl.noStore())
        .body(StrictJson.mapper().writeValueAsBytes(report));
  }

  private static String word(boolean up) {
    return up ? UP : DOWN;
  }
}
