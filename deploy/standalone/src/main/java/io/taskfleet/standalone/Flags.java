package io.taskfleet.standalone;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A command line of {@code --name value} pairs and bare {@code --name} switches. */
public final class Flags {
  private final Map<String, String> values;

  private Flags(Map<String, String> values) {
    this.values = values;
  }

  /**
   * Reads a command line; {@code --name=value} is understood too.
   *
   * @param named the names that take a value, with their dashes
   * @param switches the names that take none
   * @throws UsageException for anything else
   */
  public static Flags parse(String[] arguments, Set<String> named, Set<String> switches) {
    Map<String, String> values = new HashMap<>();
    for (int i = 0; i < arguments.length; i++) {
      int equals = arguments[i].indexOf('=');
      String name = equals < 0 ? arguments[i] : arguments[i].substring(0, equals);
      String value;
      if (equals < 0 && switches.contains(name)) {
        value = "";
      } else if (!named.contains(name)) {
        throw new UsageException("Unknown option " + arguments[i]);
      } else if (equals >= 0) {
        value = arguments[i].substring(equals + 1);
      } else if (++i < arguments.length && !arguments[i].startsWith("--")) {
        value = arguments[i];
      } else {
        throw new UsageException(name + " needs a value");
      }
      if (values.put(name, value) != null) {
        throw new UsageException(name + " is given twice");
      }
    }
    return new Flags(values);
  }

  /** The value of this option, if it is given. */
  public Optional<String> value(String name) {
    return Optional.ofNullable(values.get(name));
  }

  /** Whether this switch is given. */
  public boolean has(String name) {
    return values.containsKey(name);
  }

  /**
   * The value of this option as a whole number.
   *
   * @throws UsageException when it is none, or out of bounds
   */
  public int number(String name, int otherwise, int lowest, int highest) {
    String text = values.get(name);
    if (text == null) {
      return otherwise;
    }
    try {
      int number = Integer.parseInt(text);
      if (number >= lowest && number <= highest) {
        return number;
      }
    } catch (NumberFormatException noNumber) {
      // Told below, like a number out of bounds.
    }
    throw new UsageException(
        "%s must be a number from %d to %d, not %s".formatted(name, lowest, highest, text));
  }
}
