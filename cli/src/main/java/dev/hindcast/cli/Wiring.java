package dev.hindcast.cli;

import dev.hindcast.core.policy.BundleLoader;
import dev.hindcast.offlinerl.bundle.NeuralBundleFormat;

/** The one place that names the bundle formats of all rooms. */
final class Wiring {
  private Wiring() {}

  /** Reads every bundle format this program knows. */
  static BundleLoader bundles() {
    return new BundleLoader(NeuralBundleFormat.all());
  }
}
