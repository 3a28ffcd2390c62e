package dev.hindcast.core.policy;

import java.util.Optional;

/**
 * A loaded bundle.
 *
 * @param manifest what it says of itself
 * @param policy its policy, for the kind {@code policy}
 * @param qFunction its Q-function, for the kind {@code q_function}
 * @param visitRatios its ratios, for the kind {@code visit_ratios}
 */
public record Bundle(
    BundleManifest manifest,
    Optional<Policy> policy,
    Optional<QFunction> qFunction,
    Optional<VisitRatios> visitRatios) {
  /** Of a policy or a Q-function. */
  public Bundle(BundleManifest manifest, Optional<Policy> policy, Optional<QFunction> qFunction) {
    this(manifest, policy, qFunction, Optional.empty());
  }

  /** Of ratios of visits. */
  public static Bundle of(BundleManifest manifest, VisitRatios visitRatios) {
    return new Bundle(manifest, Optional.empty(), Optional.empty(), Optional.of(visitRatios));
  }
}
