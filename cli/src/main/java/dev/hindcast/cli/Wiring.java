package dev.hindcast.cli;

import dev.hindcast.core.policy.BundleLoader;
import dev.hindcast.gbrl.algorithm.TreeAlgorithms;
import dev.hindcast.gbrl.bundle.TreeBundleFormat;
import dev.hindcast.offlinerl.algorithm.Algorithms;
import dev.hindcast.offlinerl.bundle.NeuralBundleFormat;
import dev.hindcast.training.algorithm.Catalogue;
import java.util.ArrayList;
import java.util.List;

/** The one place that names the bundle formats and the algorithms of all rooms. */
final class Wiring {
  private Wiring() {}

  /** Reads every bundle format this program knows. */
  static BundleLoader bundles() {
    List<BundleLoader.Format> formats = new ArrayList<>(NeuralBundleFormat.all());
    formats.addAll(TreeBundleFormat.all());
    return new BundleLoader(formats);
  }

  /** All algorithms that configs can name. */
  static Catalogue algorithms() {
    return Algorithms.catalogue().and(TreeAlgorithms.catalogue());
  }
}
