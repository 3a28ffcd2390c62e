package dev.hindcast.core.policy;

import dev.hindcast.core.config.ConfigDocument;
import dev.hindcast.core.config.ConfigNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What all stages of one config share: the top-level keys {@code name}, {@code discount} and {@code
 * policies}.
 *
 * @param name what people call the pipeline; the config file's own name when not given
 * @param discount γ, in [0, 1]; 0.99 when not given, the field's habit
 * @param policies target policies that other sections refer to by name
 */
public record Pipeline(String name, double discount, List<PolicySpec> policies) {
  private static final double DEFAULT_DISCOUNT = 0.99;

  /** Copies the list. */
  public Pipeline {
    policies = List.copyOf(policies);
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
    return new Pipeline(name, discount, policies);
  }

  /** The policy defined under a name at the top level, if there is one. */
  public Optional<PolicySpec> policy(String name) {
    return policies.stream().filter(spec -> spec.name().equals(name)).findFirst();
  }
}
