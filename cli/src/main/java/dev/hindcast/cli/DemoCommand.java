package dev.hindcast.cli;

import dev.hindcast.core.config.UserError;
import picocli.CommandLine.Command;

/** {@code hindcast demo}: worlds that people can watch. */
@Command(
    name = "demo",
    description = "Watch a simulated world: stream, a shop whose policy learns while it serves.",
    subcommands = DemoStreamCommand.class)
final class DemoCommand extends Verb {
  @Override
  public Integer call() {
    throw UserError.usage("Which demonstration? There is one: hindcast demo stream.");
  }
}
