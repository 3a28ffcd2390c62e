package dev.hindcast.streaming.job;

import dev.hindcast.core.policy.BundleLoader;
import dev.hindcast.gbrl.bundle.TreeBundleFormat;
import dev.hindcast.offlinerl.bundle.NeuralBundleFormat;
import java.util.ArrayList;
import java.util.List;

/** The one place of this room that names the bundle formats of others. */
final class Wiring {
  private Wiring() {}

  /** Reads every bundle format this program knows. */
  static BundleLoader bundles() {
    List<BundleLoader.Format> formats = new ArrayList<>(NeuralBundleFormat.all());
    formats.addAll(TreeBundleFormat.all());
    return new BundleLoader(formats);
  }
}
