package dev.hindcast.evaluation.estimator;

import dev.hindcast.evaluation.estimator.Estimators.Grouping;
import java.util.List;
import java.util.stream.IntStream;

/** Estimators run in the plainest of loops, for tests. */
final class Estimate {
  private Estimate() {}

  /** The estimate of a catalogue entry over these episodes. */
  static double of(String name, double discount, List<ScoredEpisode> episodes) {
    int horizon = episodes.stream().mapToInt(ScoredEpisode::length).max().orElse(1);
    Estimator estimator =
        Estimators.named(name)
            .orElseThrow()
            .constructor()
            .create(
                new Estimators.Setting(horizon, discount, episodes.size(), groupings(episodes)));
    return estimator.value(meanTerms(estimator, episodes));
  }

  /** As many ways to put actions together as the episodes know of. */
  private static List<Grouping> groupings(List<ScoredEpisode> episodes) {
    int levels = episodes.isEmpty() ? 0 : episodes.get(0).groupLevels();
    return IntStream.range(0, levels).mapToObj(k -> new Grouping("level " + k, 9 - k)).toList();
  }

  /** The mean of an estimator's terms over these episodes. */
  static double[] meanTerms(Estimator estimator, List<ScoredEpisode> episodes) {
    double[] means = new double[estimator.termCount()];
    for (ScoredEpisode episode : episodes) {
      double[] terms = estimator.terms(episode);
      for (int k = 0; k < means.length; k++) {
        means[k] += terms[k];
      }
    }
    for (int k = 0; k < means.length; k++) {
      means[k] /= episodes.size();
    }
    return means;
  }
}
