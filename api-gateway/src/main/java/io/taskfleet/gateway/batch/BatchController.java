package io.taskfleet.gateway.batch;

import static org.springframework.http.MediaType.APPLICATION_JSON_VALUE;
import static org.springframework.http.MediaType.APPLICATION_NDJSON_VALUE;

import io.taskfleet.gateway.idempotency.FirstAnswers;
import io.taskfleet.gateway.idempotency.IdempotencyKey;
import io.taskfleet.gateway.idempotency.RepeatableRequest;
import io.taskfleet.gateway.security.Caller;
import io.taskfleet.gateway.security.RequiresScope;
import io.taskfleet.gateway.security.Scope;
import io.taskfleet.gateway.status.WaitTime;
import io.taskfleet.gateway.web.JsonBody;
import io.taskfleet.gateway.web.KnownParameters;
import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.gateway.web.QueryParameters;
import io.taskfleet.gateway.web.TraceContext;
import io.taskfleet.wire.StrictJson;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Takes batches, says how far they have come, and cancels them. */
@RestController
@RequestMapping(path = BatchLinks.BATCHES, produces = APPLICATION_JSON_VALUE)
final class BatchController {
  private static final String ASK_AGAIN_AFTER_SECONDS = "1";

  private final Submissions submissions;
  private final BatchReader reader;
  private final FirstAnswers answers;
  private final Clock clock;

  BatchController(Submissions submissions, BatchReader reader, FirstAnswers answers, Clock clock) {
    this.submissions = submissions;
    this.reader = reader;
    this.answers = answers;
    this.clock = clock;
  }

  @PostMapping(consumes = APPLICATION_JSON_VALUE)
  @RequiresScope(Scope.TASKS_WRITE)
  ResponseEntity<byte[]> submit(RepeatableRequest request, Caller caller, TraceContext trace)
      throws InterruptedException {
    return answers.give(
        request,
        () ->
            accepted(
                submissions.takeArray(request.body(), submitter(request.key(), caller, trace))));
  }

  @PostMapping(consumes = APPLICATION_NDJSON_VALUE)
  @RequiresScope(Scope.TASKS_WRITE)
  ResponseEntity<byte[]> stream(
      HttpServletRequest request, IdempotencyKey key, Caller caller, TraceContext trace)
      throws IOException, InterruptedException {
    JsonBody.requirePlainUtf8(request);
    return accepted(submissions.takeLines(request.getInputStream(), submitter(key, caller, trace)));
  }

  @GetMapping("/{id}")
  @RequiresScope(Scope.TASKS_READ)
  ResponseEntity<byte[]> read(
      @PathVariable String id,
      @KnownParameters(WaitTime.PARAMETER) QueryParameters query,
      @RequestHeader(required = false) @Nullable String prefer,
      Caller caller)
      throws InterruptedException {
    Duration time = WaitTime.of(query, prefer);
    BatchView view =
        !query.has(WaitTime.PARAMETER) && time.isZero()
            ? BatchView.of(reader.find(caller.tenant(), id), null)
            : reader.findEnded(caller.tenant(), id, time);
    ResponseEntity.BodyBuilder answer = ok();
    if (view.finishedAt() == null) {
      answer.header(HttpHeaders.RETRY_AFTER, ASK_AGAIN_AFTER_SECONDS);
    }
    if (!query.has(WaitTime.PARAMETER) && !time.isZero()) {
      answer.header("Preference-Applied", "wait=" + time.toSeconds());
    }
    return answer.body(json(view));
  }

  /**
   * Cancels what has not run.
   *
   * @throws ProblemException if the batch has ended
   */
  @DeleteMapping("/{id}")
  @RequiresScope(Scope.TASKS_WRITE)
  ResponseEntity<byte[]> cancel(@PathVariable String id, Caller caller) {
    return ok().body(json(BatchView.of(reader.cancel(caller.tenant(), id), null)));
  }

  private Submitter submitter(IdempotencyKey key, Caller caller, TraceContext trace) {
    return new Submitter(caller.tenant(), key, trace.header(), clock);
  }

  private static ResponseEntity<byte[]> accepted(BatchAnswer answer) {
    return ResponseEntity.accepted()
        .location(URI.create(answer.links().self()))
        .contentType(MediaType.APPLICATION_JSON)
        .body(json(answer));
  }

  private static ResponseEntity.BodyBuilder ok() {
    return ResponseEntity.ok()
        .contentType(MediaType.APPLICATION_JSON)
        .cacheControl(CacheControl.noStore());
  }

  private static byte[] json(Object answer) {
    return StrictJson.mapper().writeValueAsBytes(answer);
  }
}
