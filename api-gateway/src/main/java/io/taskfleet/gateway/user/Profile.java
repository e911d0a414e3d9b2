package io.taskfleet.gateway.user;

import io.taskfleet.task.RawJson;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A user with all that is known of it.
 *
 * @param notifications the newest of those that are unread
 * @param missing names of the parts that could not be had in time
 */
record Profile(
    RawJson user,
    @Nullable List<String> permissions,
    @Nullable Preferences preferences,
    @Nullable List<NotificationView> notifications,
    List<String> missing) {}
