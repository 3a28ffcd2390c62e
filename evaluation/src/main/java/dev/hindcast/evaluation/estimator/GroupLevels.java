package dev.hindcast.evaluation.estimator;

import dev.hindcast.core.report.Tuning;
import dev.hindcast.evaluation.estimator.Estimators.Grouping;
import dev.hindcast.evaluation.estimator.Estimators.Setting;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/** How coarsely actions may be put together: not at all first, then coarser and coarser. */
final class GroupLevels {
  private GroupLevels() {}

  /** 0 for actions by themselves, then one for each grouping. */
  static double[] grid(Setting log) {
    return IntStream.rangeClosed(0, log.groupings().size()).asDoubleStream().toArray();
  }

  static Tuning tuning(Setting log, int level) {
    if (level == 0) {
      return new Tuning(
          Tuning.ACTION_GROUPS,
          Optional.empty(),
          "no actions are put together: each weighs by itself");
    }
    Grouping grouping = log.groupings().get(level - 1);
    return new Tuning(
        Tuning.ACTION_GROUPS,
        Optional.of((double) grouping.groups()),
        String.format(
            Locale.ROOT,
            "actions with the same %s weigh together (%,d groups)",
            grouping.by(),
            grouping.groups()));
  }
}
