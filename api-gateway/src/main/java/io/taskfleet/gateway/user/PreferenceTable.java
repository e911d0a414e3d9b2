package io.taskfleet.gateway.user;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Preferences in Postgres: each user has a row, from its first moment. */
final class PreferenceTable {
  // An array of arrays is one flat list to unnest, so the channels of a user are one text.
  private static final String INSERT =
      """
      insert into user_preference (tenant, user_id, channels, quiet_from, quiet_to, quiet_zone,
          locale)
      select :tenant, new.user_id, string_to_array(new.channels, ','), new.quiet_from::time,
             new.quiet_to::time, new.quiet_zone, new.locale
        from unnest(:ids::uuid[], :channels::text[], :froms::text[], :tos::text[], :zones::text[],
            :locales::text[])
          as new (user_id, channels, quiet_from, quiet_to, quiet_zone, locale)
      """;

  private static final String UPDATE =
      """
      update user_preference
         set channels = string_to_array(:channels, ','), quiet_from = :from::time,
             quiet_to = :to::time, quiet_zone = :zone, locale = :locale
       where tenant = :tenant and user_id = :id
      """;

  private static final String FIND =
      """
      select channels, to_char(quiet_from, 'HH24:MI') as quiet_from,
             to_char(quiet_to, 'HH24:MI') as quiet_to, quiet_zone, locale
        from user_preference
       where tenant = :tenant and user_id = :id
      """;

  private final JdbcClient jdbc;

  PreferenceTable(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  void insert(String tenant, List<NewUser> users) {
    jdbc.sql(INSERT)
        .param("tenant", tenant)
        .param("ids", NewUsers.ids(users))
        .param("channels", NewUsers.texts(users, user -> channels(of(user))))
        .param("froms", NewUsers.texts(users, user -> from(of(user).quietHours())))
        .param("tos", NewUsers.texts(users, user -> to(of(user).quietHours())))
        .param("zones", NewUsers.texts(users, user -> zone(of(user).quietHours())))
        .param("locales", NewUsers.texts(users, user -> of(user).locale()))
        .update();
  }

  /** Puts these in the place of what was there; answers whether there is such a user. */
  boolean replace(String tenant, UUID id, Preferences preferences) {
    return jdbc.sql(UPDATE)
            .param("tenant", tenant)
            .param("id", id)
            .param("channels", channels(preferences))
            .param("from", from(preferences.quietHours()))
            .param("to", to(preferences.quietHours()))
            .param("zone", zone(preferences.quietHours()))
            .param("locale", preferences.locale())
            .update()
        > 0;
  }

  Optional<Preferences> find(String tenant, UUID id) {
    return jdbc.sql(FIND)
        .param("tenant", tenant)
        .param("id", id)
        .query((row, number) -> read(row))
        .optional();
  }

  private static Preferences read(ResultSet row) throws SQLException {
    Array channels = row.getArray("channels");
    String from = row.getString("quiet_from");
    String to = row.getString("quiet_to");
    return new Preferences(
        Arrays.stream((String[]) channels.getArray()).map(Channel::of).toList(),
        from == null || to == null ? null : new QuietHours(from, to, row.getString("quiet_zone")),
        row.getString("locale"));
  }

  private static Preferences of(NewUser user) {
    return user.request().preferencesOrDefault();
  }

  private static String channels(Preferences preferences) {
    return String.join(",", preferences.channelLabels());
  }

  private static @Nullable String from(@Nullable QuietHours hours) {
    return hours == null ? null : hours.from();
  }

  private static @Nullable String to(@Nullable QuietHours hours) {
    return hours == null ? null : hours.to();
  }

  private static @Nullable String zone(@Nullable QuietHours hours) {
    return hours == null ? null : hours.zone();
  }
}
