package io.taskfleet.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretsTest {
  @TempDir Path directory;

  @Test
  void areNewEachTimeWhenNothingIsKept() throws IOException {
    Secrets secrets = Secrets.in(null);

    assertThat(secrets.apiKey()).matches("tf_[0-9A-Za-z]{32}");
    assertThat(secrets.webhookSecret()).matches("whsec_[A-Za-z0-9+/]{43}=");
    assertThat(secrets.sealKey()).matches("[A-Za-z0-9+/]{43}=");
    assertThat(Secrets.in(null)).isNotEqualTo(secrets);
  }

  @Test
  void areKeptInTheDataDirectoryForTheirOwnerAlone() throws IOException {
    Path data = directory.resolve("data");

    Secrets secrets = Secrets.in(data);

    assertThat(Secrets.in(data)).isEqualTo(secrets);
    Path key = data.resolve("api-key");
    assertThat(Files.readString(key)).isEqualTo(secrets.apiKey() + "\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
        .isEqualTo("rw-------");
  }
}
