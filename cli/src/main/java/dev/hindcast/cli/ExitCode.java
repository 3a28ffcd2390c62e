package dev.hindcast.cli;

import dev.hindcast.core.config.UserError;

/** What the process says when it ends. Only 6, 7 and 8 are worth a retry. */
final class ExitCode {
  static final int DONE = 0;
  static final int FAULT = 1;
  static final int USAGE = 2;
  static final int DATA = 3;
  static final int GATE = 4;
  static final int INPUT_MISSING = 5;
  static final int CONFLICT = 6;
  static final int RESOURCES = 7;
  static final int INTERRUPTED = 8;
  static final int SECURITY = 9;

  private ExitCode() {}

  static int of(UserError.Kind kind) {
    return switch (kind) {
      case USAGE -> USAGE;
      case DATA -> DATA;
      case GATE -> GATE;
      case INPUT_MISSING -> INPUT_MISSING;
      case CONFLICT -> CONFLICT;
      case RESOURCES -> RESOURCES;
      case INTERRUPTED -> INTERRUPTED;
      case SECURITY -> SECURITY;
    };
  }
}
