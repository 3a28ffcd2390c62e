package dev.hindcast.cli;

import dev.hindcast.core.config.UserError;

/** What the process says when it ends. Only 6, 7 and 8 are worth a retry. */
final class ExitCode {
  static final int DONE = 0;
  static final int FAULT = 1;
  static final int USAGE = UserError.Kind.USAGE.exitCode();
  static final int DATA = UserError.Kind.DATA.exitCode();
  static final int GATE = UserError.Kind.GATE.exitCode();
  static final int INPUT_MISSING = UserError.Kind.INPUT_MISSING.exitCode();
  static final int CONFLICT = UserError.Kind.CONFLICT.exitCode();
  static final int RESOURCES = UserError.Kind.RESOURCES.exitCode();
  static final int INTERRUPTED = UserError.Kind.INTERRUPTED.exitCode();
  static final int SECURITY = UserError.Kind.SECURITY.exitCode();

  private ExitCode() {}

  static int of(UserError.Kind kind) {
    return kind.exitCode();
  }
}
