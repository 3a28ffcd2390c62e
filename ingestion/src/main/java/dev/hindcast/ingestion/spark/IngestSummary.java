package dev.hindcast.ingestion.spark;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.DatasetManifest;
import dev.hindcast.core.data.Split;
import dev.hindcast.dataset.PartTally;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a look at all rows says beyond what the manifest holds, for people. */
final class IngestSummary {
  private IngestSummary() {}

  static List<String> lines(DatasetManifest manifest, Map<Split.Part, PartTally> parts) {
    List<String> lines = new ArrayList<>();
    DoubleSummaryStatistics rewards = new DoubleSummaryStatistics();
    manifest.parts().values().stream()
        .filter(side -> side.episodes() > 0)
        .forEach(
            side -> {
              rewards.accept(side.minReward());
              rewards.accept(side.maxReward());
            });
    if (rewards.getMin() == rewards.getMax()) {
      lines.add(
          "warning: every reward is "
              + rewards.getMin()
              + ", so no policy can be told from another");
    }
    if (manifest.hasPropensity()) {
      lines.add(propensityCheck(manifest, parts));
    }
    return lines;
  }

  /**
   * The mean of one over the propensity has the expectation K, the number of actions that the
   * logger could have taken, averaged over rows: an old and simple test of logged propensities.
   */
  private static String propensityCheck(
      DatasetManifest manifest, Map<Split.Part, PartTally> parts) {
    double mean =
        parts.values().stream().mapToDouble(PartTally::sumOfInversePropensities).sum()
            / manifest.rows().kept();
    return manifest.actionSpace() instanceof ActionSpace.Discrete discrete
        ? String.format(
            Locale.ROOT,
            "mean of 1/propensity %.4g; right propensities give about the number of actions the logger chose from (at most %d)",
            mean,
            discrete.size())
        : String.format(Locale.ROOT, "mean of 1/propensity %.4g", mean);
  }
}
