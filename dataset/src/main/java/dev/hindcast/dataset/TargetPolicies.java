package dev.hindcast.dataset;

import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.DatasetManifest;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.ObservationSpace.CategoricalField;
import dev.hindcast.core.policy.Bundle;
import dev.hindcast.core.policy.BundleLoader;
import dev.hindcast.core.policy.BundleManifest;
import dev.hindcast.core.policy.ConstantPolicy;
import dev.hindcast.core.policy.Policy;
import dev.hindcast.core.policy.PolicySpec;
import dev.hindcast.core.policy.TargetPolicy;
import dev.hindcast.core.policy.UniformBoxPolicy;
import dev.hindcast.core.policy.UniformPolicy;
import java.util.List;
import java.util.Optional;

/**
 * From the name of a policy in a config to the policy: reads tables and bundles and fits them to a
 * dataset's spaces.
 */
public final class TargetPolicies {
  private TargetPolicies() {}

  /**
   * Resolves any spec but {@link PolicySpec.Named}.
   *
   * @throws UserError when a file or column is missing, a key is no observation field, a
   *     probability is negative or not finite, an action is out of range, or a bundle was made for
   *     other spaces
   */
  public static TargetPolicy resolve(
      PolicySpec spec, DatasetManifest manifest, BundleLoader bundles) {
    return resolve(spec, manifest.observationSpace(), manifest.actionSpace(), bundles);
  }

  /** The same for observations and actions that are in no dataset yet. */
  public static TargetPolicy resolve(
      PolicySpec spec, ObservationSpace seen, ActionSpace chosenFrom, BundleLoader bundles) {
    if (spec instanceof PolicySpec.Logged) {
      return TargetPolicy.LOGGED;
    }
    if (spec instanceof PolicySpec.Named) {
      throw new IllegalArgumentException(
          "Policy '" + spec.name() + "' is only a name; look it up first.");
    }
    if (spec instanceof PolicySpec.BundleFolder folder) {
      return bundle(folder, seen, chosenFrom, bundles);
    }
    if (spec instanceof PolicySpec.Uniform && chosenFrom instanceof ActionSpace.Box box) {
      return TargetPolicy.builtIn("uniform", "uniform", Optional.of(new UniformBoxPolicy(box)));
    }
    int actions = actions(spec, chosenFrom);
    if (spec instanceof PolicySpec.Constant constant) {
      return constant(constant, actions);
    }
    if (spec instanceof PolicySpec.Table table) {
      return PolicyTables.read(table, seen, actions);
    }
    return TargetPolicy.builtIn("uniform", "uniform", Optional.of(new UniformPolicy(actions)));
  }

  private static int actions(PolicySpec spec, ActionSpace chosenFrom) {
    if (chosenFrom instanceof ActionSpace.Discrete discrete) {
      return discrete.size();
    }
    throw UserError.usage(
        "Cannot use policy "
            + spec.name()
            + ": the dataset has "
            + chosenFrom.inWords()
            + ", and constant and table policies choose among discrete ones. Name policies"
            + " that were trained on it.");
  }

  private static TargetPolicy constant(PolicySpec.Constant spec, int actions) {
    if (spec.action() < 0 || spec.action() >= actions) {
      throw UserError.usage(
          "Cannot use policy "
              + spec.name()
              + ": action "
              + spec.action()
              + " is not one of the dataset's actions 0 to "
              + (actions - 1)
              + ".");
    }
    return new TargetPolicy(
        spec.name(),
        "constant",
        Fingerprint.ofJson("built-in policy constant-" + spec.action()),
        Optional.of(new ConstantPolicy(spec.action(), actions)));
  }

  private static TargetPolicy bundle(
      PolicySpec.BundleFolder spec,
      ObservationSpace has,
      ActionSpace chosenFrom,
      BundleLoader bundles) {
    Bundle bundle = bundles.load(ArtefactFolder.local(spec.path()));
    BundleManifest made = bundle.manifest();
    String cannot = "Cannot use bundle " + spec.path() + " as policy " + spec.name() + ": ";
    Policy policy =
        bundle
            .policy()
            .orElseThrow(
                () ->
                    UserError.usage(
                        cannot + "it is a " + made.kind().replace('_', '-') + ", not a policy."));
    if (!made.actionSpace().equals(chosenFrom)) {
      throw UserError.usage(
          cannot
              + "it chooses among "
              + made.actionSpace().inWords()
              + ", but the dataset has "
              + chosenFrom.inWords()
              + ".");
    }
    ObservationSpace needs = made.observationSpace();
    if (!needs.numeric().equals(has.numeric()) || !names(needs).equals(names(has))) {
      throw UserError.usage(
          cannot
              + "it must be shown "
              + words(needs)
              + ", but the dataset has "
              + words(has)
              + ".");
    }
    return new TargetPolicy(
        spec.name(),
        "bundle",
        made.fingerprint(),
        Optional.of(needs.equals(has) ? policy : TranslatedPolicy.between(has, needs, policy)));
  }

  private static List<String> names(ObservationSpace space) {
    return space.categorical().stream().map(CategoricalField::name).toList();
  }

  private static String words(ObservationSpace space) {
    return "numbers " + brief(space.numeric()) + " and categories " + brief(names(space));
  }

  private static String brief(List<String> names) {
    return names.size() <= 6
        ? names.toString()
        : "[" + String.join(", ", names.subList(0, 5)) + ", ... " + names.size() + " in all]";
  }
}
