package io.taskfleet.standalone.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.client.TaskState;
import io.taskfleet.standalone.client.CommandLine.Ended;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Schedules and users kept with the command line. */
class CliSchedulesAndUsersIT extends CliFixture {
  @Test
  void keepsSchedules() throws Exception {
    String name = "cli-" + tag;
    Ended made =
        cli()
            .run(
                "schedules",
                "create",
                name,
                "analytics",
                "--set",
                "name=cli",
                "--cron",
                "0 30 2 * * *",
                "--zone",
                "Europe/Berlin",
                "--catch-up",
                "skip");

    assertThat(made.code()).as(made.err()).isZero();
    assertThat(made.out()).contains("0 30 2 * * * Europe/Berlin").contains("yes");
    assertThat(cli().run("schedules", "list").out()).contains(name);
    assertThat(json(cli().run("schedules", "disable", name, "--json").line()).has("next_fire_at"))
        .isFalse();
    assertThat(cli().run("schedules", "enable", name).code()).isZero();
    UUID run = UUID.fromString(cli().run("schedules", "run", name).line());
    assertThat(client.await(run, Duration.ofSeconds(60)).state()).isEqualTo(TaskState.SUCCEEDED);
    assertThat(cli().run("schedules", "delete", name).code()).isZero();
    assertThat(cli().run("schedules", "get", name).code()).isEqualTo(3);
  }

  @Test
  void keepsUsers() throws Exception {
    String mail = tag + "@example.com";
    Ended made = cli().run("users", "create", mail, "Ada Lovelace", "--json");
    String id = json(made.line()).path("id").asString();
    Ended imported =
        cli()
            .input("{\"email\":\"b" + mail + "\",\"name\":\"B\"}\n{\"email\":\"no\"}\n")
            .run("users", "import", "-");

    assertThat(imported.code()).isEqualTo(3);
    assertThat(imported.out()).isEqualTo("1 created, 0 there already, 1 refused\n");
    assertThat(imported.err()).startsWith("line 2: [");
    assertThat(cli().run("users", "get", id).out()).contains("Ada Lovelace");
    assertThat(cli().run("users", "get", id, "--profile").line()).contains("\"missing\":[]");
    assertThat(cli().run("users", "status", "suspended", id).line()).isEqualTo("1 changed");
    assertThat(cli().run("users", "list", "--status", "suspended", "--json").out()).contains(mail);
    assertThat(cli().run("users", "delete", id).code()).isZero();
    assertThat(cli().run("users", "get", id).code()).isEqualTo(3);
  }
}
