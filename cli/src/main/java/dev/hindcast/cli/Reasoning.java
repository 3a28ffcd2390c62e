package dev.hindcast.cli;

import picocli.CommandLine.Option;

/** The options of every verb that moves an alias: what is recorded of the person. */
final class Reasoning {
  @Option(names = "--reason", paramLabel = "WORDS", description = "Why; it is recorded.")
  private String reason = "";

  @Option(
      names = "--by",
      paramLabel = "NAME",
      description = "Who decides; it is recorded (default: the user of this process).")
  private String by = System.getProperty("user.name", "unknown");

  String reason() {
    return reason;
  }

  String by() {
    return by;
  }
}
