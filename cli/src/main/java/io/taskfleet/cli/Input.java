package io.taskfleet.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What is given on the command line, or there by the name of a file. */
final class Input {
  static final String STANDARD = "-";

  private Input() {}

  /** The text itself, or that of {@code @FILE}, or of standard input for {@code -}. */
  static String text(String given) {
    try {
      if (given.equals(STANDARD)) {
        return new String(System.in.readAllBytes(), UTF_8);
      }
      return given.startsWith("@") ? Files.readString(Path.of(given.substring(1))) : given;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A file that must be there to be read. */
  static Path file(String name) {
    Path file = Path.of(name);
    if (!Files.isReadable(file) || Files.isDirectory(file)) {
      throw new UsageException("The file " + name + " cannot be read");
    }
    return file;
  }
}
