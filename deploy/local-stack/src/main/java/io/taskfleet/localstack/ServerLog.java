package io.taskfleet.localstack;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The file a server process logs to. */
record ServerLog(Path file) {
  private static final int TAIL_LINES = 20;

  ProcessBuilder.Redirect redirect() {
    return ProcessBuilder.Redirect.appendTo(file.toFile());
  }

  /** A failure to start, told with the last lines of the log. */
  LocalStackException failure(String message, Throwable cause) {
    return new LocalStackException(message + tail(), cause);
  }

  LocalStackException failure(String message) {
    return new LocalStackException(message + tail());
  }

  private String tail() {
    try {
      List<String> lines =
          new String(Files.readAllBytes(file), StandardCharsets.UTF_8).lines().toList();
      if (lines.isEmpty()) {
        return ".";
      }
      List<String> last = lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size());
      return ". The end of " + file + ":\n" + String.join("\n", last);
    } catch (IOException unreadable) {
      return ". Its log " + file + " cannot be read.";
    }
  }
}
