package io.taskfleet.standalone;

/** A command line that cannot be obeyed; the message is for whoever typed it. */
public final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** The exit code of a command that was used wrongly ({@code EX_USAGE}). */
  public static final int EXIT_CODE = 64;

  /** Says what is wrong with the command line. */
  public UsageException(String message) {
    super(message);
  }
}
