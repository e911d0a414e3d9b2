package io.taskfleet.gateway.analytics;

import io.taskfleet.gateway.security.Caller;
import io.taskfleet.gateway.security.RequiresScope;
import io.taskfleet.gateway.security.Scope;
import io.taskfleet.gateway.web.JsonAnswer;
import io.taskfleet.gateway.web.KnownParameters;
import io.taskfleet.gateway.web.QueryParameters;
import java.time.Clock;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
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
  ResponseEntity<byte[]> series(
      @KnownParameters({"name", "metric", "step", "from", "to", "by", "limit"})
          QueryParameters query,
      Caller caller) {
    return JsonAnswer.ok(rows.series(caller.tenant(), SeriesQuery.of(query, clock.instant())));
  }

  @GetMapping(path = "/v1/analytics/top", produces = MediaType.APPLICATION_JSON_VALUE)
  @RequiresScope(Scope.ANALYTICS)
  ResponseEntity<byte[]> top(
      @KnownParameters({"name", "by", "from", "to", "limit"}) QueryParameters query,
      Caller caller) {
    return JsonAnswer.ok(rows.top(caller.tenant(), TopQuery.of(query, clock.instant())));
  }
}
