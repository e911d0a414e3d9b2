package io.taskfleet.worker.type;

import io.taskfleet.handler.HandlerProvider;
import io.taskfleet.handler.HandlerSetup;
import io.taskfleet.handler.TaskHandler;
import io.taskfleet.handler.TaskType;
import io.taskfleet.task.BuiltInTypes;
import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A task type that somebody has added to this worker. */
public record OwnType(HandlerProvider provider) {
  /** Taken by the fleet: types that are built in, and a topic that is none of a type. */
  private static final Set<String> TAKEN =
      Stream.concat(
              BuiltInTypes.all().stream().map(TaskType::name),
              Stream.of(BuiltInTypes.BATCH.name(), "events"))
          .collect(Collectors.toUnmodifiableSet());

  /**
   * All that this class loader finds.
   *
   * @throws IllegalStateException if two have the same name, or one has a name that is taken
   */
  public static List<OwnType> findAll(ClassLoader loader) {
    Map<String, OwnType> found = new LinkedHashMap<>();
    for (HandlerProvider provider : ServiceLoader.load(HandlerProvider.class, loader)) {
      OwnType type = new OwnType(provider);
      type.requireUsable();
      OwnType other = found.put(type.name(), type);
      if (other != null) {
        throw new IllegalStateException(
            "two handlers for the task type %s: %s and %s".formatted(type.name(), other, type));
      }
    }
    return List.copyOf(found.values());
  }

  /**
   * A class loader that knows the jars in this directory as well.
   *
   * @throws IllegalStateException if there is no such directory, or one of them cannot be read:
   *     class loaders do without it, and nobody would know why a type is missing
   */
  public static ClassLoader withJars(Path directory, ClassLoader parent) {
    List<URL> jars = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.jar")) {
      for (Path jar : files) {
        requireReadable(jar);
        jars.add(jar.toUri().toURL());
      }
    } catch (MalformedURLException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new IllegalStateException("no jars can be read from " + directory, e);
    }
    return new URLClassLoader("task-types", jars.toArray(URL[]::new), parent);
  }

  private static void requireReadable(Path jar) {
    try (JarFile _ = new JarFile(jar.toFile())) {
      // Being opened is the test.
    } catch (IOException e) {
      throw new IllegalStateException("cannot be read: " + jar, e);
    }
  }

  /** Its name. */
  public String name() {
    return provider.type().name();
  }

  /**
   * Makes its handler.
   *
   * @throws IllegalStateException if that is a handler for another type
   */
  public TaskHandler<?> handler(HandlerSetup setup) {
    TaskHandler<?> handler = provider.handler(setup);
    if (!handler.type().equals(provider.type())) {
      throw new IllegalStateException(
          "%s makes a handler for the task type %s".formatted(this, handler.type().name()));
    }
    return handler;
  }

  private void requireUsable() {
    if (TAKEN.contains(name())) {
      throw new IllegalStateException("the task type %s of %s is taken".formatted(name(), this));
    }
    if (!provider.type().payload().isRecord()) {
      throw new IllegalStateException(
          "the payload of the task type %s of %s is no record".formatted(name(), this));
    }
  }

  /** Where it comes from. */
  @Override
  public String toString() {
    CodeSource source = provider.getClass().getProtectionDomain().getCodeSource();
    String jar = source == null ? "?" : new File(source.getLocation().getPath()).getName();
    return provider.getClass().getName() + " (" + jar + ")";
  }
}
