package io.taskfleet.worker.notification;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How a user can be reached.
 *
 * @param channels those the user wants; none means silence
 * @param endpoints that are the user's, and are called
 */
public record Addressee(
    String email, List<Channel> channels, @Nullable QuietHours quietHours, List<UUID> endpoints) {}
