package io.taskfleet.wire;

import io.taskfleet.task.Progress;
import io.taskfleet.task.RawJson;
import io.taskfleet.task.Tags;
import io.taskfleet.task.TaskError;
import io.taskfleet.task.TaskStatus;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes statuses as {@link StrictJson#mapper()} would, for a fraction of its cost: each task is
 * written once for its event and once for Redis, and the second is the first with its bodies. Not
 * thread-safe.
 */
public final class StatusJson {
  private byte[] buffer = new byte[1 << 10];
  private int length;

  /**
   * One status twice.
   *
   * @param withoutBodies with neither payload nor result
   * @param whole with both
   */
  @SuppressWarnings("ArrayRecordComponent") // bytes are passed on, never compared
  public record Written(byte[] withoutBodies, byte[] whole) {}

  /** Writes a status. */
  public Written write(TaskStatus status) {
    length = 0;
    field("{\"id\":", status.id().toString());
    field(",\"tenant\":", status.tenant());
    field(",\"type\":", status.type());
    field(",\"state\":", status.state().label());
    field(",\"priority\":", status.priority().label());
    field(",\"key\":", status.key());
    field(",\"attempt\":", status.attempt());
    field(",\"max_attempts\":", status.maxAttempts());
    error(status.error());
    tags(status.tags());
    if (status.batchId() != null) {
      field(",\"batch_id\":", status.batchId().toString());
    }
    field(",\"created_at\":", status.createdAt());
    field(",\"run_at\":", status.runAt());
    field(",\"due_at\":", status.dueAt());
    field(",\"started_at\":", status.startedAt());
    field(",\"finished_at\":", status.finishedAt());
    progress(status.progress());
    int head = length;
    put('}');
    byte[] withoutBodies = Arrays.copyOf(buffer, length);
    length = head;
    field(",\"payload\":", status.payload());
    field(",\"result\":", status.result());
    put('}');
    return new Written(withoutBodies, Arrays.copyOf(buffer, length));
  }

  private void error(@Nullable TaskError error) {
    if (error != null) {
      field(",\"error\":{\"code\":", error.code());
      field(",\"detail\":", error.detail());
      field(",\"class\":", error.errorClass());
      put('}');
    }
  }

  private void progress(@Nullable Progress progress) {
    if (progress != null) {
      field(",\"progress\":{\"percent\":", Integer.valueOf(progress.percent()));
      field(",\"message\":", progress.message());
      put('}');
    }
  }

  private void tags(@Nullable Tags tags) {
    if (tags != null) {
      ascii(",\"tags\":[\"");
      ascii(tags.text().replace(",", "\",\""));
      ascii("\"]");
    }
  }

  private void field(String name, @Nullable String value) {
    if (value == null) {
      return;
    }
    ascii(name);
    if (isPlain(value)) {
      put('"');
      ascii(value);
      put('"');
    } else {
      put(StrictJson.mapper().writeValueAsBytes(value));
    }
  }

  private void field(String name, @Nullable Integer value) {
    if (value != null) {
      ascii(name);
      ascii(value.toString());
    }
  }

  private void field(String name, @Nullable RawJson value) {
    if (value != null) {
      ascii(name);
      put(value.utf8());
    }
  }

  private void field(String name, @Nullable Instant value) {
    if (value != null) {
      ascii(name);
      put('"');
      put(Rfc3339.format(value));
      put('"');
    }
  }

  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c > '~' || c == '"' || c == '\\') {
        return false;
      }
    }
    return true;
  }

  @SuppressWarnings("deprecation") // the one way to copy Latin-1 text without a second array
  private void ascii(String text) {
    reserve(text.length());
    text.getBytes(0, text.length(), buffer, length);
    length += text.length();
  }

  private void put(char ascii) {
    reserve(1);
    buffer[length++] = (byte) ascii;
  }

  private void put(byte[] bytes) {
    reserve(bytes.length);
    System.arraycopy(bytes, 0, buffer, length, bytes.length);
    length += bytes.length;
  }

  private void reserve(int more) {
    if (length + more > buffer.length) {
      buffer = Arrays.copyOf(buffer, Math.max(2 * buffer.length, length + more));
    }
  }
}
