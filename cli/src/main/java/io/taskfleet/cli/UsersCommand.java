package io.taskfleet.cli;

import io.taskfleet.client.ImportReceipt;
import io.taskfleet.client.JsonLines;
import io.taskfleet.client.NewUser;
import io.taskfleet.client.Profile;
import io.taskfleet.client.RefusedLine;
import io.taskfleet.client.TaskfleetClient;
import io.taskfleet.client.User;
import io.taskfleet.client.UserStatus;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Those your tasks are for. */
@Command(
    name = "users",
    description = "Makes, imports, lists, changes and removes users.",
    footer = "  fleet users import users.ndjson",
    subcommands = {
      UsersCommand.All.class,
      UsersCommand.Get.class,
      UsersCommand.Create.class,
      UsersCommand.Import.class,
      UsersCommand.Status.class,
      UsersCommand.Delete.class
    })
final class UsersCommand extends Group {

  /** A command that prints users. */
  abstract static class OfUsers extends Leaf {
    void tell(Stream<User> users) {
      if (isJson()) {
        users.forEach(this::sayJson);
        return;
      }
      Table table = new Table("ID", "EMAIL", "NAME", "STATUS", "CREATED");
      users.forEach(
          user ->
              table.row(
                  user.id().toString(),
                  Table.plain(user.email()),
                  Table.plain(user.name()),
                  Paint.word(user.status()),
                  Times.brief(user.createdAt())));
      table.print(this::say);
    }
  }

  /** Lists them. */
  @Command(
      name = "list",
      description = "Lists users, newest first.",
      footer = "  fleet users list --status suspended")
  static final class All extends OfUsers {
    @Option(names = "--status", paramLabel = "WORD", description = "active, inactive or suspended")
    private @Nullable UserStatus status;

    @Option(
        names = "--limit",
        paramLabel = "N",
        defaultValue = "50",
        description = "how many at most (50); 0 for all")
    private int limit;

    @Override
    int run(TaskfleetClient client) {
      if (limit < 0) {
        throw new UsageException("--limit is 0 or more");
      }
      Stream<User> users = status == null ? client.users().list() : client.users().list(status);
      tell(users.limit(limit == 0 ? Long.MAX_VALUE : limit));
      return ExitCode.OK;
    }
  }

  /** Reads one. */
  @Command(
      name = "get",
      description = "Prints a user.",
      footer = "  fleet users get 01a1fe24-8f69-798a-b174-0f5664c32482 --profile --json")
  static final class Get extends OfUsers {
    @Parameters(paramLabel = "ID")
    private @Nullable UUID id;

    @Option(names = "--profile", description = "with all that is known of it, as JSON")
    private boolean profile;

    @Override
    int run(TaskfleetClient client) {
      UUID wanted = Objects.requireNonNull(id);
      if (profile) {
        Profile whole = client.users().profile(wanted);
        sayJson(whole);
      } else {
        tell(Stream.of(client.users().get(wanted)));
      }
      return ExitCode.OK;
    }
  }

  /** Makes one. */
  @Command(
      name = "create",
      description = "Makes a user, who gets a welcome email.",
      footer = "  fleet users create ada@example.com 'Ada Lovelace' --zone Europe/London")
  static final class Create extends OfUsers {
    @Parameters(index = "0", paramLabel = "EMAIL")
    private String email = "";

    @Parameters(index = "1", paramLabel = "NAME")
    private String name = "";

    @Option(names = "--locale", paramLabel = "TAG", description = "such as en-GB")
    private @Nullable String locale;

    @Option(names = "--zone", paramLabel = "ZONE", description = "such as Europe/London")
    private @Nullable ZoneId zone;

    @Override
    int run(TaskfleetClient client) {
      NewUser user = NewUser.of(email, name);
      user = locale == null ? user : user.locale(locale);
      user = zone == null ? user : user.zone(zone);
      tell(Stream.of(client.users().create(user)));
      return ExitCode.OK;
    }
  }

  /** Makes many. */
  @Command(
      name = "import",
      description = {
        "Makes users, one a line: {\"email\": …, \"name\": …}. Exit code 3: some were refused."
      },
      footer = "  fleet users import users.ndjson --idempotency-key users-of-monday")
  static final class Import extends Leaf {
    private static final int MOST_TOLD = 20;

    @Parameters(paramLabel = "FILE", description = "NDJSON; - for standard input")
    private String file = "";

    @Option(names = "--welcome", description = "send each a welcome email")
    private boolean welcome;

    @Option(
        names = "--idempotency-key",
        paramLabel = "KEY",
        description = "the same import, however often it is sent under this key")
    private @Nullable String idempotencyKey;

    @Override
    int run(TaskfleetClient client) {
      ImportReceipt receipt = send(client);
      if (isJson()) {
        sayJson(receipt);
      } else {
        say(
            String.format(
                Locale.ROOT,
                "%d created, %d there already, %d refused",
                receipt.created(),
                receipt.existing(),
                receipt.refused()));
      }
      receipt.errors().stream().limit(MOST_TOLD).forEach(this::tell);
      return receipt.refused() == 0 ? ExitCode.OK : ExitCode.REFUSED;
    }

    private ImportReceipt send(TaskfleetClient client) {
      JsonLines source =
          file.equals(Input.STANDARD)
              ? JsonLines.once(System.in)
              : JsonLines.file(Input.file(file));
      source = idempotencyKey == null ? source : source.key(idempotencyKey);
      try (Progress progress = new Progress(terminal())) {
        JsonLines watched =
            source.progress(
                (lines, bytes) ->
                    progress.show(lines, 0, String.format(Locale.ROOT, "%,d lines sent", lines)));
        return client.users().importAll(watched, welcome);
      }
    }

    private void tell(RefusedLine line) {
      note("line " + line.line() + ": " + Table.plain(line.errors().toString()));
    }
  }

  /** Changes the status of some. */
  @Command(
      name = "status",
      description = "Sets the status of these users, or of all who have another one.",
      footer = {
        "  fleet users status suspended 01a1fe24-8f69-798a-b174-0f5664c32482",
        "  fleet users status suspended --from inactive"
      })
  static final class Status extends Leaf {
    @Parameters(index = "0", paramLabel = "STATUS", description = "active, inactive or suspended")
    private @Nullable UserStatus status;

    @Parameters(index = "1..*", paramLabel = "ID")
    private List<UUID> ids = List.of();

    @Option(names = "--from", paramLabel = "STATUS", description = "of all who have this one now")
    private @Nullable UserStatus from;

    @Override
    int run(TaskfleetClient client) {
      if ((from == null) == ids.isEmpty()) {
        throw new UsageException("Name the users, or say --from");
      }
      UserStatus wanted = Objects.requireNonNull(status);
      long changed =
          from == null
              ? client.users().setStatus(ids, wanted)
              : client.users().setStatus(from, wanted);
      if (isJson()) {
        sayJson(Map.of("updated", changed));
      } else {
        say(changed + " changed");
      }
      return ExitCode.OK;
    }
  }

  /** Removes some. */
  @Command(
      name = "delete",
      description = "Removes users with permissions, preferences and inbox.",
      footer = "  fleet users delete 01a1fe24-8f69-798a-b174-0f5664c32482")
  static final class Delete extends Leaf {
    @Parameters(arity = "1..*", paramLabel = "ID")
    private List<UUID> ids = List.of();

    @Override
    int run(TaskfleetClient client) {
      ids.forEach(client.users()::delete);
      return ExitCode.OK;
    }
  }
}
