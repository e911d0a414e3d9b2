package io.taskfleet.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/** Files that only their owner may read. */
final class PrivateFile {
  private PrivateFile() {}

  /** Puts the text into the file, all of it or nothing, whoever reads it meanwhile. */
  static void write(Path file, String text) throws IOException {
    Path directory = directory(file.toAbsolutePath().resolveSibling(""));
    Path draft = Files.createTempFile(directory, "draft", null, permissions("rw-------"));
    try {
      Files.writeString(draft, text);
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  /** Creates the directory, and those above it, for the owner alone; leaves one that is there. */
  static Path directory(Path directory) throws IOException {
    return Files.isDirectory(directory)
        ? directory
        : Files.createDirectories(directory, permissions("rwx------"));
  }

  private static FileAttribute<?> permissions(String text) {
    return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(text));
  }
}
