package dev.hindcast.cli;

import dev.hindcast.core.policy.BundleLoader;
import dev.hindcast.offlinerl.algorithm.Algorithms;
import dev.hindcast.offlinerl.bundle.NeuralBundleFormat;
import dev.hindcast.training.algorithm.Catalogue;

/** The one place that names the bundle formats and the algorithms of all rooms. */
final class Wiring {
  private Wiring() {}

  /** Reads every bundle format this program knows. */
  static BundleLoader bundles() {
    return new BundleLoader(NeuralBundleFormat.all());
  }

  /** All algorithms that configs can name. */
  static Catalogue algorithms() {
    return Algorithms.catalogue();
  }
}
