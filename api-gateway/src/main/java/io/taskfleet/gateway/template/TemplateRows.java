package io.taskfleet.gateway.template;

import io.taskfleet.gateway.paging.PageRequest;
import io.taskfleet.gateway.paging.Slice;
import io.taskfleet.gateway.postgres.RowTimes;
import io.taskfleet.gateway.postgres.Turns;
import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.gateway.web.ProblemType;
import io.taskfleet.template.MailTemplate;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/** Templates in Postgres. */
final class TemplateRows {
  private static final String COUNT =
      """
      select count(distinct name) from email_template
       where tenant = :tenant and removed_at is null
      """;

  private static final String INSERT =
      """
      insert into email_template (tenant, name, version, subject, text, html, created_at)
      select :tenant, :name, coalesce(max(version), 0) + 1, :subject, :text, :html, now()
        from email_template
       where tenant = :tenant and name = :name
      having (count(*) filter (where removed_at is null) > 0) = :there
      on conflict do nothing
      returning *
      """;

  private static final String FORGET =
      """
      delete from email_template
       where tenant = :tenant and name = :name and version <= :newest - :kept
      """;

  private static final String FIND =
      """
      select * from email_template
       where tenant = :tenant and name = :name and removed_at is null
         and (:version::integer is null or version = :version)
       order by version desc limit 1
      """;

  private static final String PAGE =
      """
      select distinct on (name) name, version, subject, created_at from email_template
       where tenant = :tenant and removed_at is null and name > :after
       order by name, version desc limit :limit
      """;

  // The newest stays behind, empty, for its number.
  private static final String REMOVE =
      """
      update email_template set removed_at = now(), subject = '', text = '', html = null
       where tenant = :tenant and name = :name and removed_at is null
         and version = (select max(version) from email_template
                         where tenant = :tenant and name = :name)
      returning version
      """;

  private final JdbcClient jdbc;
  private final TransactionOperations transactions;
  private final TemplateProperties properties;
  private final Turns turns;

  TemplateRows(JdbcClient jdbc, TransactionOperations transactions, TemplateProperties properties) {
    this.jdbc = jdbc;
    this.transactions = transactions;
    this.properties = properties;
    this.turns =
        new Turns(
            properties.queriesAtOnce(),
            properties.patience(),
            "templates cannot be reached at the moment");
  }

  /**
   * Stores a template that is not there. Requests that come together may exceed the bound by one
   * another.
   *
   * @throws ProblemException if the name or all places are taken, or Postgres is away
   */
  TemplateView insert(String tenant, String name, MailTemplate.Source source) {
    return turns.ask(
        transactions,
        () -> {
          int taken = jdbc.sql(COUNT).param("tenant", tenant).query(Integer.class).single();
          if (taken >= properties.mostPerTenant()) {
            throw full();
          }
          return next(tenant, name, source, false)
              .orElseThrow(
                  () ->
                      ProblemException.of(
                          ProblemType.CONFLICT, "there is a template of this name already"));
        });
  }

  private ProblemException full() {
    return ProblemException.full(
        "", "there may be %d templates".formatted(properties.mostPerTenant()));
  }

  /**
   * Stores the next version of a template, if there is one of this name.
   *
   * @throws ProblemException if somebody else does so at the same time, or Postgres is away
   */
  Optional<TemplateView> replace(String tenant, String name, MailTemplate.Source source) {
    return turns.ask(
        transactions,
        () -> {
          if (read(tenant, name, null).isEmpty()) {
            return Optional.empty();
          }
          TemplateView stored =
              next(tenant, name, source, true)
                  .orElseThrow(
                      () ->
                          ProblemException.of(
                              ProblemType.CONFLICT, "the template is being changed by another"));
          jdbc.sql(FORGET)
              .param("tenant", tenant)
              .param("name", name)
              .param("newest", stored.version())
              .param("kept", properties.versions())
              .update();
          return Optional.of(stored);
        });
  }

  private Optional<TemplateView> next(
      String tenant, String name, MailTemplate.Source source, boolean isThere) {
    return jdbc.sql(INSERT)
        .param("tenant", tenant)
        .param("name", name)
        .param("subject", source.subject())
        .param("text", source.text())
        .param("html", source.html())
        .param("there", isThere)
        .query((row, _) -> view(row))
        .optional();
  }

  /**
   * The tenant's template.
   *
   * @param version the newest if null
   * @throws ProblemException if Postgres is away
   */
  Optional<TemplateView> find(String tenant, String name, @Nullable Integer version) {
    return turns.ask(() -> read(tenant, name, version));
  }

  private Optional<TemplateView> read(String tenant, String name, @Nullable Integer version) {
    return jdbc.sql(FIND)
        .param("tenant", tenant)
        .param("name", name)
        .param("version", version)
        .query((row, _) -> view(row))
        .optional();
  }

  /**
   * A page of the tenant's templates, in the order of their names.
   *
   * @throws ProblemException if Postgres is away
   */
  Slice<TemplateView.Summary> page(String tenant, PageRequest<String> page) {
    return page.slice(
        turns.ask(
            () ->
                jdbc.sql(PAGE)
                    .param("tenant", tenant)
                    .param("after", page.after().orElse(""))
                    .param("limit", page.limit())
                    .query((row, _) -> summary(row))
                    .list()),
        TemplateView.Summary::name);
  }

  /**
   * Removes the tenant's template with all its versions; answers whether there was one.
   *
   * @throws ProblemException if Postgres is away
   */
  boolean delete(String tenant, String name) {
    return turns.ask(
        transactions,
        () -> {
          Optional<Integer> newest =
              jdbc.sql(REMOVE)
                  .param("tenant", tenant)
                  .param("name", name)
                  .query(Integer.class)
                  .optional();
          newest.ifPresent(
              version ->
                  jdbc.sql(FORGET)
                      .param("tenant", tenant)
                      .param("name", name)
                      .param("newest", version)
                      .param("kept", 1)
                      .update());
          return newest.isPresent();
        });
  }

  private static TemplateView.Summary summary(ResultSet row) throws SQLException {
    String name = row.getString("name");
    return new TemplateView.Summary(
        name,
        row.getInt("version"),
        row.getString("subject"),
        RowTimes.time(row, "created_at"),
        TemplateView.Links.of(name));
  }

  private static TemplateView view(ResultSet row) throws SQLException {
    return TemplateView.stored(
        row.getString("name"),
        row.getInt("version"),
        new MailTemplate.Source(
            row.getString("subject"), row.getString("text"), row.getString("html")),
        RowTimes.time(row, "created_at"));
  }
}
