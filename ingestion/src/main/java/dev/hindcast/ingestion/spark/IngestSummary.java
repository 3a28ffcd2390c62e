package dev.hindcast.ingestion.spark;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.DatasetManifest;
import dev.hindcast.core.data.Split;
import dev.hindcast.dataset.PartTally;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What came of a log, in a few lines for people. */
final class IngestSummary {
  private IngestSummary() {}

  static List<String> lines(DatasetManifest manifest, Map<Split.Part, PartTally> parts) {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "%,d rows read, %,d kept, %,d set aside",
            manifest.rows().read(),
            manifest.rows().kept(),
            manifest.rows().read() - manifest.rows().kept()));
    manifest
        .rows()
        .quarantined()
        .forEach((rule, count) -> lines.add(String.format(Locale.ROOT, "  %s: %,d", rule, count)));
    manifest
        .warnings()
        .forEach(
            (rule, count) ->
                lines.add(String.format(Locale.ROOT, "  kept all the same, %s: %,d", rule, count)));
    double lowest = Double.POSITIVE_INFINITY;
    double highest = Double.NEGATIVE_INFINITY;
    for (Split.Part part : Split.Part.values()) {
      DatasetManifest.PartSummary side = manifest.part(part);
      lines.add(
          String.format(
              Locale.ROOT,
              "%s: %,d episodes, %,d steps, mean return %.5f",
              part.key().replace('_', '-'),
              side.episodes(),
              side.transitions(),
              side.meanReturn()));
      if (side.episodes() > 0) {
        lowest = Math.min(lowest, side.minReward());
        highest = Math.max(highest, side.maxReward());
      }
    }
    lines.add(String.format(Locale.ROOT, "rewards from %s to %s", lowest, highest));
    if (lowest == highest) {
      lines.add("warning: every reward is " + lowest + ", so no policy can be told from another");
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
