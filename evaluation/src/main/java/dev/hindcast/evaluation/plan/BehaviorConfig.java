package dev.hindcast.evaluation.plan;

import dev.hindcast.core.config.ConfigNode;
import dev.hindcast.core.policy.Pipeline;
import dev.hindcast.core.policy.PolicySpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The config key {@code behavior}: the policy that made the log, or {@code {by: LABEL, policies:
 * {VALUE: POLICY}}} where several did.
 *
 * @param by the label that says which policy made an episode; empty for one policy
 * @param values of that label; empty for one policy
 * @param policies one for each value; or one alone
 */
public record BehaviorConfig(Optional<String> by, List<String> values, List<PolicySpec> policies) {
  /** Copies the lists. */
  public BehaviorConfig {
    values = List.copyOf(values);
    policies = List.copyOf(policies);
  }

  /** Reads the key; mistakes become problems of the document. */
  static Optional<BehaviorConfig> from(ConfigNode node, Pipeline pipeline) {
    if (!node.isPresent()) {
      return Optional.empty();
    }
    if (!node.isSection() || !node.has("by")) {
      return resolve(node, pipeline)
          .map(policy -> new BehaviorConfig(Optional.empty(), List.of(), List.of(policy)));
    }
    Optional<String> by = node.at("by").optionalText();
    ConfigNode section = node.section("policies");
    List<String> values = new ArrayList<>();
    List<PolicySpec> policies = new ArrayList<>();
    for (String value : section.keys()) {
      resolve(section.at(value), pipeline)
          .ifPresent(
              policy -> {
                values.add(value);
                policies.add(policy);
              });
    }
    if (section.keys().isEmpty()) {
      node.problem("names no policies: say under 'policies' which policy each value stands for");
    }
    return policies.isEmpty()
        ? Optional.empty()
        : Optional.of(new BehaviorConfig(by, values, policies));
  }

  private static Optional<PolicySpec> resolve(ConfigNode node, Pipeline pipeline) {
    Optional<PolicySpec> resolved = pipeline.resolve(node);
    if (resolved.isPresent() && resolved.get() instanceof PolicySpec.Logged) {
      node.problem("is 'logged', which says nothing: name the policy that made the log");
      return Optional.empty();
    }
    return resolved;
  }

  /** As reports record it: the policies' names, by label value where there are several. */
  public List<String> names() {
    return policies.stream().map(PolicySpec::name).toList();
  }
}
