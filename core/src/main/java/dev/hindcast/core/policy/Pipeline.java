package dev.hindcast.core.policy;

import dev.hindcast.core.config.ConfigDocument;
import dev.hindcast.core.config.ConfigNode;
import dev.hindcast.core.config.DidYouMean;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What all stages of one config share: the top-level keys {@code name}, {@code discount}, {@code
 * policies} and {@code reward-weights}.
 *
 * @param name what people call the pipeline; the config file's own name when not given
 * @param discount γ, in [0, 1]; 0.99 when not given, the field's habit
 * @param policies target policies that other sections refer to by name
 * @param rewardWeights what the components of the reward are multiplied by, by name, where a config
 *     says so; otherwise empty
 */
public record Pipeline(
    String name, double discount, List<PolicySpec> policies, Map<String, Double> rewardWeights) {
  private static final double DEFAULT_DISCOUNT = 0.99;

  /** Copies the collections. */
  public Pipeline {
    policies = List.copyOf(policies);
    rewardWeights = Collections.unmodifiableMap(new TreeMap<>(rewardWeights));
  }

  /** Reads the shared keys; mistakes become problems of the document. */
  public static Pipeline from(ConfigNode root) {
    ConfigDocument document = root.document();
    String name =
        root.at("name").optionalText().orElse(document.file().replaceFirst("\\.ya?ml$", ""));
    if (!PolicySpec.NAME.matcher(name).matches()) {
      root.at("name").problem("'" + name + "' should be letters, digits, '.', '_' or '-'");
    }
    double discount = root.at("discount").number(DEFAULT_DISCOUNT);
    if (!(discount >= 0 && discount <= 1)) {
      root.at("discount").problem("is " + discount + ", but must lie in [0, 1]");
    }
    List<PolicySpec> policies = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (ConfigNode item : root.at("policies").items()) {
      PolicySpec spec = PolicySpec.from(item);
      if (spec instanceof PolicySpec.Named) {
        item.problem(
            "'"
                + spec.name()
                + "' is only a name: here a section with one of constant, bundle, table is needed");
      }
      if (!names.add(spec.name())) {
        item.problem("policy '" + spec.name() + "' is defined twice");
      }
      policies.add(spec);
    }
    return new Pipeline(name, discount, policies, rewardWeights(root.section("reward-weights")));
  }

  private static Map<String, Double> rewardWeights(ConfigNode section) {
    Map<String, Double> weights = new TreeMap<>();
    for (String component : section.keys()) {
      ConfigNode node = section.at(component);
      double weight = node.number(1);
      if (!Double.isFinite(weight)) {
        node.problem("is " + weight + ", but a weight must be finite");
      }
      weights.put(component, weight);
    }
    if (weights.values().stream().allMatch(weight -> weight == 0) && !weights.isEmpty()) {
      section.problem("are all 0, so every reward would be 0");
    }
    return weights;
  }

  /** The policy defined under a name at the top level, if there is one. */
  public Optional<PolicySpec> policy(String name) {
    return policies.stream().filter(spec -> spec.name().equals(name)).findFirst();
  }

  /**
   * A policy as a section names it, with names of the top level resolved; a mistake becomes a
   * problem of the document.
   */
  public Optional<PolicySpec> resolve(ConfigNode item) {
    PolicySpec spec = PolicySpec.from(item);
    if (!(spec instanceof PolicySpec.Named named)) {
      return Optional.of(spec);
    }
    Optional<PolicySpec> definition = policy(named.name());
    if (definition.isEmpty()) {
      List<String> known = new ArrayList<>(List.of("logged", "uniform"));
      policies.forEach(policy -> known.add(policy.name()));
      item.problem(
          "there is no policy '"
              + named.name()
              + "' among the top-level policies."
              + DidYouMean.hint(named.name(), known));
    }
    return definition;
  }
}
