package dev.hindcast.training.spark;

import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.core.policy.BundleLoader;
import dev.hindcast.core.policy.Policy;
import dev.hindcast.dataset.ArtefactFolder;
import dev.hindcast.training.algorithm.Algorithm;
import dev.hindcast.training.algorithm.TrainSettings;
import dev.hindcast.training.algorithm.Yields;
import dev.hindcast.training.loop.Schedule;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * One training run as it is sent to an executor: everything it needs but the data, which the
 * executor reads itself.
 *
 * @param name of its bundle and folder
 * @param algorithm from the catalogue
 * @param options the algorithm's own settings
 * @param settings those every algorithm has
 * @param discount γ
 * @param seed of all randomness
 * @param target the policy to evaluate, for learners that evaluate one and need to know which; at
 *     most one
 * @param provenance canonical JSON of what the bundle's manifest will say made it
 */
record Trial(
    String name,
    Algorithm algorithm,
    Record options,
    TrainSettings settings,
    double discount,
    int seed,
    List<Target> target,
    String provenance)
    implements Serializable {
  /**
   * A policy to evaluate.
   *
   * @param name what people call it
   * @param fingerprint its content
   * @param policy how it acts
   */
  record Target(String name, String fingerprint, Policy policy) implements Serializable {}

  /** Whether several executors train it in rounds. */
  boolean isInRounds() {
    return !settings.distribution().isWhole() && algorithm.meeting().isEmpty();
  }

  /** Whether it learns a policy rather than values or ratios. */
  boolean yieldsPolicy() {
    return algorithm.yields() == Yields.POLICY;
  }

  /** How long it trains. */
  Schedule schedule() {
    return algorithm.schedule(settings, options);
  }

  /** What this run is, with all that makes it. */
  Fingerprint fingerprint() {
    return Fingerprint.of(provenance.getBytes(StandardCharsets.UTF_8));
  }

  /** Whether the folder of all bundles holds the finished bundle of this very trial. */
  boolean isAt(String output) {
    String folder = output + "/" + name;
    return ArtefactFolder.manifest(folder).isPresent()
        && CanonicalJson.text(BundleLoader.manifest(ArtefactFolder.local(folder)).provenance())
            .equals(provenance);
  }
}
