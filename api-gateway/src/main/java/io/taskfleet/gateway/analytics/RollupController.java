package io.taskfleet.gateway.analytics;

import io.taskfleet.gateway.security.Caller;
import io.taskfleet.gateway.security.RequiresScope;
import io.taskfleet.gateway.security.Scope;
import io.taskfleet.gateway.web.QueryParameters;
import io.taskfleet.wire.StrictJson;
import java.time.Clock;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Tells what a tenant's analytics events come to. */
@RestController
final class RollupController {
  private final BucketRows rows;
  private final Clock clock;

  RollupController(BucketRows rows, Clock clock) {
    this.rows = rows;
    this.clock = clock;
  }

  @GetMapping(path = "/v1/analytics/series", produces = MediaType.APPLICATION_JSON_VALUE)
  @RequiresScope(Scope.ANALYTICS)
  ResponseEntity<byte[]> series(@RequestParam MultiValueMap<String, String> given, Caller caller) {
    QueryParameters query = new QueryParameters(given, SeriesQuery.PARAMETERS);
    return ok(rows.series(caller.tenant(), SeriesQuery.of(query, clock.instant())));
  }

  @GetMapping(path = "/v1/analytics/top", produces = MediaType.APPLICATION_JSON_VALUE)
  @RequiresScope(Scope.ANALYTICS)
  ResponseEntity<byte[]> top(@RequestParam MultiValueMap<String, String> given, Caller caller) {
    QueryParameters query = new QueryParameters(given, TopQuery.PARAMETERS);
    return ok(rows.top(caller.tenant(), TopQuery.of(query, clock.instant())));
  }

  private static ResponseEntity<byte[]> ok(Object view) {
    return ResponseEntity.ok()
        .contentType(MediaType.APPLICATION_JSON)
        .cacheControl(CacheControl.noStore())
        .body(StrictJson.mapper().writeValueAsBytes(view));
  }
}
