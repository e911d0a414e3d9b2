package io.taskfleet.standalone;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/**
 * A Spring Boot application unpacked from its executable jar, which starts faster than the jar.
 *
 * @param jar its classes; the manifest names the libraries
 * @param mainClass the class to start
 */
public record BootApplication(Path jar, String mainClass) {
  private static final int UNPACK_SECONDS = 60;
  private static final String STAMP = "unpacked-from";

  /**
   * Unpacks the jar, unless that was done before.
   *
   * @param directory where to; what an older jar left there is replaced
   * @throws IOException when the jar is no such application or cannot be unpacked
   */
  public static BootApplication unpack(Path executableJar, Path directory) throws IOException {
    // Not the time of modification: reproducible builds give every jar the same.
    String stamp =
        executableJar
            + " "
            + Files.getAttribute(executableJar, "unix:ctime")
            + " "
            + System.getProperty("java.vm.version");
    Path stampFile = directory.resolve(STAMP);
    if (!Files.exists(stampFile) || !Files.readString(stampFile).equals(stamp)) {
      delete(directory);
      extract(executableJar, directory);
      Files.writeString(stampFile, stamp);
    }
    Path jar = directory.resolve(executableJar.getFileName());
    return new BootApplication(jar, mainClass(jar));
  }

  /** The same libraries and classes under another main class, with more classes behind them. */
  public List<String> command(
      Path tether, List<String> jvmOptions, Path furtherClasses, String otherMainClass) {
    return command(jar + ":" + furtherClasses + ":" + tether, jvmOptions, otherMainClass);
  }

  /** The command that runs the application for as long as the caller holds its standard input. */
  public List<String> command(Path tether, List<String> jvmOptions) {
    return command(jar + ":" + tether, jvmOptions, mainClass);
  }

  private static List<String> command(String classPath, List<String> jvmOptions, String mainClass) {
    return Stream.of(
            List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()),
            jvmOptions,
            List.of("-cp", classPath, Tether.class.getName(), mainClass))
        .flatMap(List::stream)
        .toList();
  }

  /**
   * Writes the class path entry that {@link #command} needs, and answers where it is. A jar and not
   * a directory, and left alone when it is there, because the JVM's cache accepts nothing else.
   */
  public static Path tether(Path directory) throws IOException {
    Path jar = directory.resolve("tether.jar");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (InputStream code = Tether.class.getResourceAsStream("Tether.class");
        JarOutputStream out = new JarOutputStream(bytes)) {
      if (code == null) {
        throw new IOException("Tether.class is not on the class path");
      }
      JarEntry entry = new JarEntry(Tether.class.getName().replace('.', '/') + ".class");
      entry.setTime(0);
      out.putNextEntry(entry);
      code.transferTo(out);
      out.closeEntry();
    }
    if (!Files.exists(jar) || !Arrays.equals(Files.readAllBytes(jar), bytes.toByteArray())) {
      Files.createDirectories(directory);
      Files.write(jar, bytes.toByteArray());
    }
    return jar;
  }

  private static void extract(Path executableJar, Path directory) throws IOException {
    Files.createDirectories(directory);
    Path log = directory.resolveSibling(directory.getFileName() + "-unpack.log");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djarmode=tools",
                "-jar",
                executableJar.toString(),
                "extract",
                "--force",
                "--destination",
                directory.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      if (!process.waitFor(UNPACK_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new IOException(executableJar + " cannot be unpacked: " + Files.readString(log));
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("Interrupted while unpacking " + executableJar, e);
    }
  }

  private static String mainClass(Path jar) throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      String name = file.getManifest().getMainAttributes().getValue(Attributes.Name.MAIN_CLASS);
      if (name == null) {
        throw new IOException(jar + " names no main class");
      }
      return name;
    }
  }

  private static void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> tree = Files.walk(directory)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
