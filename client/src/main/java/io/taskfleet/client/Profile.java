package io.taskfleet.client;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A user with all that is known of it.
 *
 * @param notifications the newest of those that are unread
 * @param missing names of the parts that could not be had in time; those are null
 */
public record Profile(
    User user,
    @Nullable List<String> permissions,
    @Nullable Preferences preferences,
    @Nullable List<InboxNotification> notifications,
    List<String> missing) {}
