package dev.hindcast.evaluation.scoring;

import dev.hindcast.core.artefact.Provenance;
import dev.hindcast.core.config.DidYouMean;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.policy.Bundle;
import dev.hindcast.core.policy.BundleLoader;
import dev.hindcast.core.policy.BundleManifest;
import dev.hindcast.dataset.ArtefactFolder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Who decides and what values the decisions.
 *
 * @param policy the bundle of the policy
 * @param qFunctions the bundles of Q-functions that speak of it
 * @param acting how decisions are made
 * @param seed of what is drawn
 */
public record ScoringPlan(Bundle policy, List<Bundle> qFunctions, Acting acting, long seed) {
  /** Copies the list. */
  public ScoringPlan {
    qFunctions = List.copyOf(qFunctions);
  }

  /**
   * Finds the policy among bundles, and the Q-functions that speak of it; those of other policies
   * are left aside.
   *
   * @param bundleFolders paths or URIs
   * @param name which policy, where there are several
   * @throws UserError when no or several policies are there, or a Q-function was made for other
   *     observations or actions
   */
  public static ScoringPlan of(
      List<String> bundleFolders,
      Optional<String> name,
      BundleLoader loader,
      Acting acting,
      long seed) {
    List<Bundle> policies = new ArrayList<>();
    List<Bundle> functions = new ArrayList<>();
    for (String folder : bundleFolders) {
      Bundle bundle = loader.load(ArtefactFolder.local(folder));
      (bundle.policy().isPresent() ? policies : functions).add(bundle);
    }
    Bundle policy = choose(policies, name);
    List<Bundle> speaking =
        functions.stream().filter(q -> speaksOf(q.manifest(), policy.manifest())).toList();
    speaking.forEach(q -> requireSameSpaces(q.manifest(), policy.manifest()));
    return new ScoringPlan(policy, speaking, acting, seed);
  }

  /** The scorer that does it. */
  public DecisionScorer scorer() {
    return new DecisionScorer(
        policy.policy().orElseThrow(),
        qFunctions.stream().map(q -> q.qFunction().orElseThrow()).toList(),
        acting,
        seed);
  }

  /** What the policy's bundle says of itself. */
  public BundleManifest about() {
    return policy.manifest();
  }

  /** The bundles, for provenance. */
  public List<Provenance.Input> inputs() {
    List<Provenance.Input> inputs = new ArrayList<>();
    inputs.add(input(about()));
    qFunctions.forEach(q -> inputs.add(input(q.manifest())));
    return inputs;
  }

  private static Provenance.Input input(BundleManifest bundle) {
    return new Provenance.Input(bundle.kind(), bundle.name(), bundle.fingerprint());
  }

  private static Bundle choose(List<Bundle> policies, Optional<String> name) {
    List<String> names = policies.stream().map(bundle -> bundle.manifest().name()).toList();
    List<Bundle> chosen =
        policies.stream()
            .filter(bundle -> name.isEmpty() || name.get().equals(bundle.manifest().name()))
            .toList();
    if (chosen.size() == 1) {
      return chosen.get(0);
    }
    if (policies.isEmpty()) {
      throw UserError.usage("Cannot score: none of the bundles is a policy.");
    }
    throw UserError.usage(
        chosen.isEmpty()
            ? "Cannot score with policy "
                + name.orElseThrow()
                + ": no bundle holds it."
                + DidYouMean.hint(name.orElseThrow(), names)
            : "Cannot score with several policies: the bundles hold "
                + String.join(", ", names)
                + ". Name one bundle, or say which policy decides (--policy).");
  }

  private static boolean speaksOf(BundleManifest function, BundleManifest policy) {
    return function.evaluates().isEmpty()
        || function.evaluates().get().fingerprint().equals(policy.fingerprint());
  }

  private static void requireSameSpaces(BundleManifest function, BundleManifest policy) {
    if (!function.observationSpace().equals(policy.observationSpace())
        || !function.actionSpace().equals(policy.actionSpace())) {
      throw UserError.usage(
          "Cannot use Q-function "
              + function.name()
              + ": it was made for other observations or actions than policy "
              + policy.name()
              + ". Train both on one dataset, or leave it out.");
    }
  }
}
