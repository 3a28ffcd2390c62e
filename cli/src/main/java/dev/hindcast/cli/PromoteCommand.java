package dev.hindcast.cli;

import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.core.config.DidYouMean;
import dev.hindcast.core.config.UserError;
import dev.hindcast.dataset.Dataset;
import dev.hindcast.serving.registry.Alias;
import dev.hindcast.serving.registry.DataWindow;
import dev.hindcast.serving.registry.Objection;
import dev.hindcast.serving.registry.Promotion;
import dev.hindcast.serving.registry.RegisteredPolicy;
import dev.hindcast.serving.registry.RegisteredPolicy.Outcome;
import dev.hindcast.serving.registry.Version;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code hindcast promote}: a judged bundle becomes the version in force. */
@Command(
    name = "promote",
    description =
        "Register a bundle and make it champion, if the report on it says that it should be; or make it challenger.")
final class PromoteCommand extends Verb {
  @Mixin private RegistryOptions options;
  @Mixin private Reasoning reasoning;
  @Mixin private Mirroring mirroring;

  @Option(
      names = "--bundle",
      paramLabel = "DIR",
      description = "The bundle; it gets a version number unless these weights have one.")
  private Optional<String> bundle = Optional.empty();

  @Option(
      names = "--version-number",
      paramLabel = "N",
      description = "In place of --bundle: a version that is registered already.")
  private Optional<Integer> number = Optional.empty();

  @Option(
      names = "--alias",
      paramLabel = "champion|challenger",
      description = "What it becomes (default: champion). A challenger needs no report.")
  private Alias alias = Alias.CHAMPION;

  @Option(
      names = "--report",
      paramLabel = "DIR",
      description = "The report whose verdict on this very bundle is promote.")
  private Optional<String> report = Optional.empty();

  @Option(
      names = "--dataset",
      paramLabel = "DIR",
      description = "Refuse a report that was made on another dataset than this one.")
  private Optional<String> dataset = Optional.empty();

  @Option(
      names = "--window",
      paramLabel = "FROM/TO",
      description =
          "Which time its data is from, such as 2026-11-01/2026-11-08; older data than the champion's is refused.")
  private Optional<String> window = Optional.empty();

  @Option(
      names = "--based-on",
      paramLabel = "N",
      description =
          "The generation that the decision was made on; if it is not the newest any more, that is a conflict (exit code 6).")
  private Optional<Integer> basedOn = Optional.empty();

  @Option(
      names = "--force",
      paramLabel = "OBJECTION",
      description =
          "Overrule an objection by its name, such as verdict; needs --reason and is recorded.")
  private List<String> forced = new ArrayList<>();

  @Override
  public Integer call() {
    if (bundle.isPresent() == number.isPresent()) {
      throw UserError.usage(
          "Cannot promote: give either --bundle or --version-number, to say what.");
    }
    Optional<URI> mirror = mirroring.server();
    Set<Objection> overruled =
        forced.stream().map(PromoteCommand::objection).collect(Collectors.toSet());
    Optional<Fingerprint> judgedOn = dataset.map(place -> Dataset.open(place).fingerprint());
    RegisteredPolicy policy = options.policy();
    Version version =
        bundle
            .map(place -> policy.register(place, window.map(this::window), reasoning.by()))
            .orElseGet(() -> policy.version(number.orElseThrow()));
    RegisteredPolicy.Result result =
        alias == Alias.CHALLENGER
            ? policy.challenge(version.number(), reasoning.reason(), reasoning.by())
            : policy.promote(
                new Promotion(
                    version.number(),
                    report,
                    judgedOn,
                    overruled,
                    reasoning.reason(),
                    reasoning.by(),
                    basedOn));
    terminal().result(options.shown(result, inWords(policy, alias, result)));
    Mirroring.show(mirror, policy, terminal());
    return ExitCode.DONE;
  }

  static String inWords(RegisteredPolicy policy, Alias alias, RegisteredPolicy.Result result) {
    return alias.key().substring(0, 1).toUpperCase(java.util.Locale.ROOT)
        + alias.key().substring(1)
        + " of "
        + policy.name()
        + (result.outcome() == Outcome.MOVED ? " is now " : " was already ")
        + result.version().inWords()
        + ", generation "
        + result.generation().number()
        + ".";
  }

  private DataWindow window(String text) {
    try {
      return DataWindow.parse(text);
    } catch (IllegalArgumentException e) {
      throw new UserError(UserError.Kind.USAGE, "Cannot use --window: " + e.getMessage(), e);
    }
  }

  private static Objection objection(String key) {
    return Objection.of(key)
        .orElseThrow(
            () ->
                UserError.usage(
                    "Cannot overrule '"
                        + key
                        + "': there is no such objection."
                        + DidYouMean.hint(key, Objection.keys())));
  }
}
