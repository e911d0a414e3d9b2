package io.taskfleet.handler;

import java.util.regex.Pattern;

/**
 * One kind of task: its name, in topics, metrics and configuration, and the shape of its payload.
 *
 * @param name lower-case letters, digits and hyphens, beginning with a letter
 */
public record TaskType<P extends Payload>(String name, Class<P> payload) {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,49}");

  public TaskType {
    if (!isName(name)) {
      throw new IllegalArgumentException("the name of a task type must match " + NAME);
    }
  }

  /** Whether a type could have this name. */
  public static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }
}
