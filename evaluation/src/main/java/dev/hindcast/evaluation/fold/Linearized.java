package dev.hindcast.evaluation.fold;

import dev.hindcast.evaluation.estimator.Estimator;
import dev.hindcast.evaluation.estimator.ScoredEpisode;
import java.io.Serializable;

/** An estimator near its estimate: how much one episode pulls at it (the influence function). */
final class Linearized implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Estimator estimator;
  private final double[] gradient;
  private final double center;

  Linearized(Estimator estimator, double[] gradient, double[] meanTerms) {
    this.estimator = estimator;
    this.gradient = gradient;
    this.center = dot(gradient, meanTerms);
  }

  /** The influence of an episode; influences of all episodes sum to 0. */
  double influence(ScoredEpisode episode) {
    return dot(gradient, estimator.terms(episode)) - center;
  }

  /** The mean influence of episodes with these mean terms. */
  double meanInfluence(double[] meanTerms) {
    return dot(gradient, meanTerms) - center;
  }

  /** Terms that an episode does not have stay without effect, whatever their gradient. */
  private static double dot(double[] gradient, double[] terms) {
    double sum = 0;
    for (int k = 0; k < terms.length; k++) {
      sum += terms[k] == 0 ? 0 : gradient[k] * terms[k];
    }
    return sum;
  }
}
