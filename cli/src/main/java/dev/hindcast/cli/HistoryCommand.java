package dev.hindcast.cli;

import dev.hindcast.serving.registry.Generation;
import dev.hindcast.serving.registry.Justification;
import dev.hindcast.serving.registry.RegisteredPolicy;
import dev.hindcast.serving.registry.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code hindcast history}: what was in force when, why, and who said so. */
@Command(
    name = "history",
    description = "Tell a policy's versions, and what was in force when, why, and by whom.")
final class HistoryCommand extends Verb {
  @Mixin private RegistryOptions options;

  @Override
  public Integer call() {
    RegisteredPolicy policy = options.policy();
    List<Version> versions = policy.versions();
    List<Generation> generations = policy.history();
    terminal()
        .result(
            options.shown(
                Map.of("policy", policy.name(), "versions", versions, "generations", generations),
                inWords(policy, versions, generations)));
    return ExitCode.DONE;
  }

  private static String inWords(
      RegisteredPolicy policy, List<Version> versions, List<Generation> generations) {
    List<String> lines = new ArrayList<>();
    lines.add(
        policy.name()
            + ": "
            + versions.size()
            + " versions, "
            + generations.size()
            + " generations.");
    Map<String, Integer> aliases =
        generations.isEmpty() ? Map.of() : generations.get(generations.size() - 1).aliases();
    aliases.forEach(
        (alias, number) ->
            lines.add(
                String.format(Locale.ROOT, "%-11s%s", alias, policy.version(number).inWords())));
    lines.add("");
    for (int i = generations.size() - 1; i >= 0; i--) { // the newest first
      Generation generation = generations.get(i);
      lines.add(
          String.format(
              Locale.ROOT,
              "%4d  %s  %s %s: %s, by %s",
              generation.number(),
              generation.at(),
              generation.move().key(),
              generation.alias().key(),
              policy.version(generation.version()).inWords(),
              generation.by()));
      lines.add("      " + why(generation.justification()));
    }
    return String.join("\n", lines).stripTrailing();
  }

  private static String why(Justification justification) {
    List<String> parts = new ArrayList<>();
    justification
        .report()
        .ifPresent(
            report ->
                parts.add(
                    "report "
                        + report.fingerprint().brief()
                        + ": "
                        + report.decision()
                        + figure(report)
                        + ", compared with "
                        + report.incumbent()));
    if (!justification.forced().isEmpty()) {
      parts.add("overruled: " + String.join(", ", justification.forced()));
    }
    if (justification.basis() == Justification.Basis.GUARDRAILS) {
      parts.add("by guardrails");
    }
    if (!justification.reason().isBlank()) {
      parts.add(justification.reason());
    }
    return parts.isEmpty() ? "no reason given" : String.join("; ", parts);
  }

  private static String figure(Justification.Evaluation report) {
    return report.value().isPresent() && report.lower().isPresent() && report.upper().isPresent()
        ? String.format(
            Locale.ROOT,
            " at %.4g (%.4g to %.4g)",
            report.value().get(),
            report.lower().get(),
            report.upper().get())
        : "";
  }
}
