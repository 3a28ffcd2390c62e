package dev.hindcast.core.config;

/**
 * Something the user can put right: the message alone is shown, never a stack trace.
 *
 * <p>The message says what could not be done, what was found, where, and what to do.
 */
public final class UserError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What kind of trouble it is; the command line turns it into an exit code. */
  public enum Kind {
    /** A wrong command line or config file. */
    USAGE(2),
    /** The data broke its contract. */
    DATA(3),
    /** The gate said no: a valid result, not a failure. */
    GATE(4),
    /** An input that should be there is not. */
    INPUT_MISSING(5),
    /** Someone else holds what was asked for, or other work stands in the way. */
    CONFLICT(6),
    /** Memory, slots, disk or a native library are lacking. */
    RESOURCES(7),
    /** Stopped before the end; running it again carries on. */
    INTERRUPTED(8),
    /** Refused because it would not be safe. */
    SECURITY(9);

    private final int exitCode;

    Kind(int exitCode) {
      this.exitCode = exitCode;
    }

    /** What a process says that ends because of it; 0 is success and 1 a fault of ours. */
    public int exitCode() {
      return exitCode;
    }
  }

  private final Kind kind;

  /** A problem of the given kind. */
  public UserError(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  /** A problem of the given kind, keeping what caused it. */
  public UserError(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  /** What kind of trouble it is. */
  public Kind kind() {
    return kind;
  }

  /** A mistake on the command line or in a config file. */
  public static UserError usage(String message) {
    return new UserError(Kind.USAGE, message);
  }

  /** Data that breaks its contract. */
  public static UserError data(String message) {
    return new UserError(Kind.DATA, message);
  }

  /** An input that is not there. */
  public static UserError missing(String message) {
    return new UserError(Kind.INPUT_MISSING, message);
  }

  /** Something else stands where this was to go. */
  public static UserError conflict(String message) {
    return new UserError(Kind.CONFLICT, message);
  }
}
