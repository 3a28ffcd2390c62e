package dev.hindcast.cli;

import dev.hindcast.serving.registry.Alias;
import dev.hindcast.serving.registry.RegisteredPolicy;
import java.net.URI;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code hindcast rollback}: the former champion is champion again. */
@Command(
    name = "rollback",
    description = "Make the former champion champion again, at once and without a report.")
final class RollbackCommand extends Verb {
  @Mixin private RegistryOptions options;
  @Mixin private Reasoning reasoning;
  @Mixin private Mirroring mirroring;

  @Option(
      names = "--to",
      paramLabel = "N",
      description = "The version of an earlier champion (default: the one before this one).")
  private Optional<Integer> to = Optional.empty();

  @Option(
      names = "--based-on",
      paramLabel = "N",
      description =
          "The generation that the decision was made on; if it is not the newest any more, that is a conflict (exit code 6).")
  private Optional<Integer> basedOn = Optional.empty();

  @Override
  public Integer call() {
    Optional<URI> mirror = mirroring.server();
    RegisteredPolicy policy = options.policy();
    RegisteredPolicy.Result result =
        policy.rollback(to, basedOn, reasoning.reason(), reasoning.by());
    terminal()
        .result(options.shown(result, PromoteCommand.inWords(policy, Alias.CHAMPION, result)));
    Mirroring.show(mirror, policy, terminal());
    return ExitCode.DONE;
  }
}
