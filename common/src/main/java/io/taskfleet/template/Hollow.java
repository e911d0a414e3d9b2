package io.taskfleet.template;

import com.samskivert.mustache.Escapers;
import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.MustacheException;
import com.samskivert.mustache.Template;
import java.io.Writer;
import java.math.BigDecimal;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One part of a template. */
final class Hollow {
  private static final int LONGEST = 1_000_000;
  private static final int MOST_ZEROS = 1_000;

  // What takes a value unescaped, another template in, or the braces away; and what is no tag.
  private static final Pattern NOT_ALLOWED =
      Pattern.compile("\\{\\{(?:\\s*[{&=<>$]|\\s*}}|(?![^{}]*}}))");

  private static final Pattern LINE = Pattern.compile("@ line (\\d+)");

  private final String part;
  private final Template template;

  private Hollow(String part, String source, Mustache.Escaper escaper) throws TemplateException {
    this.part = part;
    if (NOT_ALLOWED.matcher(source).find()) {
      throw new TemplateException(part, "only {{name}}, {{#name}}, {{^name}}, {{/name}} and {{!}}");
    }
    try {
      this.template =
          Mustache.compiler()
              .withEscaper(escaper)
              .strictSections(true)
              .withFormatter(Hollow::format)
              .withCollector(new Values.Lookup())
              .compile(source);
    } catch (MustacheException malformed) {
      throw new TemplateException(part, "no template" + place(malformed));
    }
  }

  /** The library's message repeats the template. */
  private static String place(MustacheException malformed) {
    Matcher line = LINE.matcher(Objects.requireNonNullElse(malformed.getMessage(), ""));
    return line.find() ? ", see line " + line.group(1) : "";
  }

  static Hollow plain(String part, String source) throws TemplateException {
    return new Hollow(part, source, Escapers.NONE);
  }

  static Hollow html(String part, String source) throws TemplateException {
    return new Hollow(part, source, Escapers.HTML);
  }

  String filled(Values values) throws TemplateException {
    Bounded result = new Bounded();
    try {
      template.execute(values.all(), result);
      return result.toString();
    } catch (MustacheException.Context missing) {
      throw new TemplateException(part, "the variable " + missing.key + " is missing");
    } catch (MustacheException unfit) {
      throw new TemplateException(part, "cannot be filled in");
    } catch (TooMuchException tooMuch) {
      throw new TemplateException(part, "would be too long");
    }
  }

  private static String format(Object value) {
    return switch (value) {
      case BigDecimal number -> plain(number);
      case String text -> text;
      case Number number -> number.toString();
      case Boolean bool -> bool.toString();
      default -> throw new MustacheException("not text, number or boolean");
    };
  }

  /** Few characters, such as 1e2147483647, may stand for more digits than there is memory. */
  private static String plain(BigDecimal number) {
    if (Math.abs((long) number.scale()) > MOST_ZEROS) {
      throw new TooMuchException();
    }
    return number.toPlainString();
  }

  /** Text that grows to a limit. */
  private static final class Bounded extends Writer {
    private final StringBuilder text = new StringBuilder();

    @Override
    public void write(char[] chars, int from, int length) {
      if (text.length() + length > LONGEST) {
        throw new TooMuchException();
      }
      text.append(chars, from, length);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}

    @Override
    public String toString() {
      return text.toString();
    }
  }
}
