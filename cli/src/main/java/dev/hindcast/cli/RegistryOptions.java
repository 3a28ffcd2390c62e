package dev.hindcast.cli;

import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.config.UserError;
import dev.hindcast.serving.registry.Alias;
import dev.hindcast.serving.registry.RegisteredPolicy;
import dev.hindcast.serving.registry.Registry;
import dev.hindcast.serving.registry.Version;
import java.util.Arrays;
import picocli.CommandLine.Option;

/** The options of every verb that looks into a registry. */
final class RegistryOptions {
  @Option(
      names = "--registry",
      required = true,
      paramLabel = "DIR",
      description = "The registry; the first promotion makes it.")
  private String registry;

  @Option(
      names = "--policy",
      required = true,
      paramLabel = "NAME",
      description = "What the policy is called there.")
  private String policy;

  @Option(names = "--json", description = "Print the result as JSON.")
  private boolean json;

  RegisteredPolicy policy() {
    return Registry.at(registry).policy(policy);
  }

  /** The result as asked for. */
  String shown(Object value, String words) {
    return json ? CanonicalJson.line(value) : words;
  }

  /** A version by number or alias. */
  static Version version(RegisteredPolicy policy, String wanted) {
    if (wanted.matches("\\d{1,9}")) {
      return policy.version(Integer.parseInt(wanted));
    }
    Alias alias =
        Arrays.stream(Alias.values())
            .filter(each -> each.key().equals(wanted))
            .findFirst()
            .orElseThrow(
                () ->
                    UserError.usage(
                        "Cannot find version '"
                            + wanted
                            + "' of policy "
                            + policy.name()
                            + ": give a number, champion or challenger."));
    return policy
        .version(alias)
        .orElseThrow(
            () ->
                UserError.missing(
                    "Cannot find the "
                        + wanted
                        + " of policy "
                        + policy.name()
                        + ": it has none."));
  }
}
