package io.taskfleet.worker.email;

import io.taskfleet.template.MailTemplate;
import io.taskfleet.worker.failure.CallRefusedException;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What is recorded of emails beside their tasks. */
public interface EmailRecords {

  /**
   * The tenant's template.
   *
   * @param version the newest if null
   * @throws CallRefusedException if nobody can say at the moment
   */
  Optional<MailTemplate> template(String tenant, String name, @Nullable Integer version)
      throws CallRefusedException, InterruptedException;

  /**
   * Notes that this provider may have taken the mail of this task.
   *
   * @throws CallRefusedException if that cannot be noted at the moment
   */
  void noteUndecided(UUID task, String provider) throws CallRefusedException, InterruptedException;

  /**
   * Who may have taken the mail of this task.
   *
   * @throws CallRefusedException if nobody can say at the moment
   */
  Optional<String> undecidedProvider(UUID task) throws CallRefusedException, InterruptedException;

  /**
   * Takes a part of a provider's quota.
   *
   * @param most the whole quota of the period that begins then
   * @return as much as is wanted, or less if there is less
   * @throws CallRefusedException if nobody can say at the moment
   */
  int reserve(String provider, Instant period, int wanted, int most)
      throws CallRefusedException, InterruptedException;
}
