package io.taskfleet.task;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Words that a caller puts on its task, to find it by.
 *
 * @param text the tags, each once and in the caller's order, with commas between them: the form in
 *     headers and in the database
 */
public record Tags(String text) {
  private static final int MOST = 16;
  private static final Pattern TAG = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/@=+-]{0,63}");

  /**
   * These tags.
   *
   * @throws IllegalArgumentException with a sentence for the caller, if they are none, too many, or
   *     not made of the letters, digits and signs that a tag may have
   */
  @JsonCreator
  public static Tags of(List<String> tags) {
    if (tags.isEmpty() || tags.size() > MOST) {
      throw new IllegalArgumentException("must hold 1 to " + MOST + " tags");
    }
    for (String tag : tags) {
      if (tag == null || !TAG.matcher(tag).matches()) {
        throw new IllegalArgumentException("must hold tags that match " + TAG);
      }
    }
    return new Tags(String.join(",", tags.stream().distinct().toList()));
  }

  /**
   * The tags in this text.
   *
   * @throws IllegalArgumentException as {@link #of}
   */
  public static Tags parse(String text) {
    return of(List.of(text.split(",", -1)));
  }

  /** One by one. */
  @JsonValue
  public List<String> list() {
    return List.of(text.split(","));
  }
}
