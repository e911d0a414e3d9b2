package io.taskfleet.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UpOptionsTest {

  @Test
  void startsOneWorkerAndKeepsNothingUnlessTold() {
    UpOptions options = parse();

    assertThat(options.workers()).isEqualTo(1);
    assertThat(options.port()).isEqualTo(8080);
    assertThat(options.managementPort()).isEqualTo(8081);
    assertThat(options.data()).isNull();
    assertThat(options.state()).isEqualTo(Path.of(".taskfleet").toAbsolutePath());
  }

  @Test
  void putsManagementBesideTheGateway() {
    assertThat(parse("--port", "9000").managementPort()).isEqualTo(9001);
    assertThat(parse("--port=9000", "--management-port=7000").managementPort()).isEqualTo(7000);
  }

  @Test
  void makesPathsAbsolute() {
    assertThat(parse("--data", "some/../data").data()).isEqualTo(Path.of("data").toAbsolutePath());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --workers 0                        | --workers must be a number from 1 to 64, not 0
          --workers many                     | --workers must be a number from 1 to 64, not many
          --port 65536                       | --port must be a number from 1 to 65534, not 65536
          --port 9000 --management-port 9000 | --port and --management-port must differ
          --wrokers 3                        | Unknown option --wrokers
          --workers                          | --workers needs a value
          --port 1 --port 2                  | --port is given twice
          --data=                            | A path must not be empty
          """)
  void refusesWhatItCannotObey(String arguments, String message) {
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> parse(arguments.split(" ")))
        .withMessage(message);
  }

  private static UpOptions parse(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--gateway-jar", "gateway.jar", "--worker-jar", "worker.jar"));
    return UpOptions.parse(all.toArray(String[]::new));
  }
}
