package dev.hindcast.training.algorithm;

import dev.hindcast.core.policy.BundleManifest;

/** What an algorithm yields. */
public enum Yields {
  /** A policy. */
  POLICY(BundleManifest.POLICY),
  /** The values of actions under a given target policy. */
  Q_FUNCTION(BundleManifest.Q_FUNCTION),
  /** How much more often a given target policy would do what a log shows. */
  VISIT_RATIOS(BundleManifest.VISIT_RATIOS);

  private final String bundleKind;

  Yields(String bundleKind) {
    this.bundleKind = bundleKind;
  }

  /** What manifests call bundles of it. */
  public String bundleKind() {
    return bundleKind;
  }
}
