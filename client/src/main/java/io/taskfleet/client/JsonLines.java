package io.taskfleet.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Lines of JSON to be uploaded, of which there may be any number: they are read as fast as the
 * gateway takes them. Immutable.
 *
 * <p>What can be opened again is sent again, whole and under the same key, when the connection
 * breaks: nothing is done twice. What cannot is not, once a byte of it has been read.
 */
public final class JsonLines {
  private final Opening opening;
  private final boolean repeatable;
  private final @Nullable String key;
  private final UploadProgress progress;

  @FunctionalInterface
  private interface Opening {
    InputStream open() throws IOException;
  }

  /** Is told how an upload gets on, by the thread that reads the source. */
  @FunctionalInterface
  public interface UploadProgress {
    /** So much has been handed over; it begins anew when the upload does. */
    void sent(long lines, long bytes);
  }

  private JsonLines(
      Opening opening, boolean repeatable, @Nullable String key, UploadProgress progress) {
    this.opening = opening;
    this.repeatable = repeatable;
    this.key = key;
    this.progress = progress;
  }

  private static JsonLines of(Opening opening, boolean repeatable) {
    return new JsonLines(opening, repeatable, null, (lines, bytes) -> {});
  }

  /**
   * One line for each object.
   *
   * @param objects gives a new stream of the same objects each time
   */
  public static JsonLines of(Supplier<? extends Stream<?>> objects) {
    return of(() -> new ObjectLines(objects.get()), true);
  }

  /** One line for each object, of a stream that there is only once. */
  public static JsonLines once(Stream<?> objects) {
    return of(() -> new ObjectLines(objects), false);
  }

  /** The lines of a file. */
  public static JsonLines file(Path file) {
    return of(() -> Files.newInputStream(file), true);
  }

  /** The lines of an input that there is only once. */
  public static JsonLines once(InputStream input) {
    return of(() -> input, false);
  }

  /** The same under this idempotency key rather than a random one. */
  public JsonLines key(String idempotencyKey) {
    return new JsonLines(opening, repeatable, idempotencyKey, progress);
  }

  /** The same, telling this one how it gets on. */
  public JsonLines progress(UploadProgress listener) {
    return new JsonLines(opening, repeatable, key, listener);
  }

  /** The same after a first line of this object. */
  JsonLines after(Object first) {
    byte[] line = (Json.write(first) + '\n').getBytes(UTF_8);
    return new JsonLines(
        () -> new SequenceInputStream(new ByteArrayInputStream(line), opening.open()),
        repeatable,
        key,
        progress);
  }

  InputStream open() throws IOException {
    return opening.open();
  }

  boolean isRepeatable() {
    return repeatable;
  }

  @Nullable String key() {
    return key;
  }

  UploadProgress progress() {
    return progress;
  }
}
