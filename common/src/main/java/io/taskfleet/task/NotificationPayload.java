package io.taskfleet.task;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A notification, delivered as a signed POST (Standard Webhooks).
 *
 * @param data anything the receiver understands
 * @param url where to deliver it: http or https
 */
public record NotificationPayload(
    @NotBlank @Size(max = 10_000) String message,
    @Nullable @Size(max = 200) @SingleLine String title,
    @Nullable ObjectNode data,
    @NotNull @WebhookUrl String url)
    implements Payload {

  @Override
  public Optional<String> recipient() {
    return Optional.of(url);
  }
}
