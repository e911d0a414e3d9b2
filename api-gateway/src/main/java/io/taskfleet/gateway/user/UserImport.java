package io.taskfleet.gateway.user;

import io.taskfleet.gateway.idempotency.IdempotencyKey;
import io.taskfleet.gateway.postgres.Turns;
import io.taskfleet.gateway.user.NewUser.Origin;
import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.gateway.web.ProblemType;
import io.taskfleet.task.ReasonCode;
import io.taskfleet.task.Violation;
import io.taskfleet.wire.RefusedJsonException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Semaphore;

/** Makes users of the lines of a body of any length, some hundred in a transaction. */
final class UserImport {
  private static final int BATCH = 500;
  private static final int BATCH_BYTES = 1 << 20;
  private static final int LONGEST_LINE = 64 * 1024;
  private static final int ASK_AGAIN_AFTER_SECONDS = 5;

  private final UserBodies bodies;
  private final NewUsers newUsers;
  private final Turns turns;
  private final Clock clock;
  private final UserProperties.Imports limits;
  private final Semaphore places;

  UserImport(
      UserBodies bodies,
      NewUsers newUsers,
      Turns turns,
      Clock clock,
      UserProperties.Imports limits) {
    this.bodies = bodies;
    this.newUsers = newUsers;
    this.turns = turns;
    this.clock = clock;
    this.limits = limits;
    places = new Semaphore(limits.atOnce());
  }

  /**
   * Imports the lines.
   *
   * @throws ProblemException if there are none or too many, if they come too slowly, or if Postgres
   *     goes away: the lines up to there stay imported
   */
  ImportOutcome run(Origin origin, IdempotencyKey key, InputStream body) throws IOException {
    if (!places.tryAcquire()) {
      throw ProblemException.unavailable(
          "as many imports as can be are under way", ASK_AGAIN_AFTER_SECONDS);
    }
    try {
      Run run = new Run(origin, key);
      run.readAll(new LineReader(body, LONGEST_LINE, limits.deadline()));
      return run.outcome.build();
    } finally {
      places.release();
    }
  }

  private record Pending(long line, NewUser user) {}

  /** One import. */
  private final class Run {
    private final Origin origin;
    private final IdempotencyKey key;
    private final ImportOutcome.Builder outcome = new ImportOutcome.Builder();
    private final List<Pending> batch = new ArrayList<>();
    private long batchBytes;
    private long written;

    Run(Origin origin, IdempotencyKey key) {
      this.origin = origin;
      this.key = key;
    }

    void readAll(LineReader lines) throws IOException {
      try {
        for (LineReader.Line line = lines.next(); line != null; line = lines.next()) {
          if (line.number() > limits.lines()) {
            write();
            throw stopped(ProblemType.TOO_LARGE, "an import may have " + limits.lines() + " lines");
          }
          if (!line.isBlank()) {
            read(line);
          }
        }
      } catch (InterruptedIOException late) {
        throw stopped(ProblemType.MALFORMED, "the lines came too slowly");
      }
      write();
      if (outcome.lines() == 0) {
        throw ProblemException.of(ProblemType.MALFORMED, "the body has no lines");
      }
    }

    private void read(LineReader.Line line) {
      byte[] text = line.text();
      if (text == null) {
        outcome.refused(line.number(), List.of(tooLong()));
        return;
      }
      try {
        UUID id = key.taskId(origin.tenant(), Math.toIntExact(line.number()), clock);
        NewUser user = bodies.readUser(id, key.value() != null, text);
        batch.add(new Pending(line.number(), user));
        batchBytes += text.length;
      } catch (RefusedJsonException e) {
        outcome.refused(line.number(), ProblemException.prefixed(e.violations(), ""));
      }
      if (batch.size() == BATCH || batchBytes >= BATCH_BYTES) {
        write();
      }
    }

    private void write() {
      if (batch.isEmpty()) {
        return;
      }
      List<NewUser> users = batch.stream().map(Pending::user).toList();
      try {
        Map<UUID, NewUser.Fate> fates = turns.ask(() -> newUsers.create(origin, users));
        batch.forEach(each -> count(each, Objects.requireNonNull(fates.get(each.user().id()))));
      } catch (ProblemException away) {
        throw ProblemException.unavailable(
            stoppedAfter("users cannot be made at the moment"), ASK_AGAIN_AFTER_SECONDS);
      }
      written = batch.getLast().line();
      batch.clear();
      batchBytes = 0;
    }

    private void count(Pending each, NewUser.Fate fate) {
      switch (fate) {
        case CREATED -> outcome.created();
        case REPLAYED -> outcome.existing();
        case OTHER_REQUEST -> outcome.refused(each.line(), List.of(otherLine()));
        case EMAIL_TAKEN -> outcome.refused(each.line(), List.of(emailTaken()));
      }
    }

    private ProblemException stopped(ProblemType type, String why) {
      return ProblemException.of(type, stoppedAfter(why));
    }

    private String stoppedAfter(String why) {
      return why + "; what can be imported of lines 1 to " + written + " has been";
    }
  }

  private static Violation tooLong() {
    return new Violation(
        "", ReasonCode.LIMITS_EXCEEDED, "a line may hold " + LONGEST_LINE + " bytes");
  }

  private static Violation otherLine() {
    return new Violation(
        "", ReasonCode.IDEMPOTENCY_CONFLICT, "the Idempotency-Key was used for another line");
  }

  private static Violation emailTaken() {
    return new Violation(
        "/email", ReasonCode.VALIDATION_FAILED, "another user has this email address");
  }
}
