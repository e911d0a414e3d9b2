package io.taskfleet.template;

/** A template that is none, or that cannot be filled in with these values. */
public final class TemplateException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String part;
  private final String detail;

  TemplateException(String part, String detail) {
    super(part + ": " + detail);
    this.part = part;
    this.detail = part + ": " + detail;
  }

  /** The part of the template: {@code subject}, {@code text} or {@code html}. */
  public String part() {
    return part;
  }

  /** What is wrong, in words that hold names of variables and none of their values. */
  public String detail() {
    return detail;
  }
}
