package dev.hindcast.evaluation.estimator;

import dev.hindcast.evaluation.estimator.ScoredEpisode.Marginals;

/**
 * Values of a model of the log's states, or of a Q-function, corrected by residuals that are
 * weighted by ratios of visits: {@code mean(v(s_0) + sum_t w_t (r_t + γ v(s_{t+1}) - q_t))}.
 * Weights are of states, not of histories, so they do not grow with the horizon; the log has to
 * hold all that matters for what comes next. Kallus, Uehara (2020), double reinforcement learning;
 * Liu et al. (2018) for ratios of states.
 *
 * <p>A last step is left out where the log does not say what followed it.
 *
 * @param weighing by which ratios, from which model
 * @param discount γ
 */
record MarginalDoublyRobust(Weighing weighing, double discount) implements MeanOfTerms {
  /** What residuals are weighted by. */
  enum Weighing {
    /**
     * Ratios of states and actions, by the model of all episodes. The residuals then sum to 0: the
     * estimate is that of least-squares temporal differences and of minimum-weight learning alike,
     * and the terms are its influence function.
     */
    LEAST_SQUARES,
    /** Ratios of states and actions, by the half of the episodes that this one is not in. */
    STATES_AND_ACTIONS,
    /** Ratios of states times those of the step's own probabilities, by that other half. */
    STATES,
    /** Ratios of states and actions, and values, by bundles. */
    LEARNED
  }

  @Override
  public double term(ScoredEpisode episode) {
    Marginals model =
        switch (weighing) {
          case LEAST_SQUARES -> episode.whole();
          case STATES_AND_ACTIONS, STATES -> episode.crossed();
          case LEARNED -> episode.learned();
        };
    double sum = model.v()[0];
    int last = episode.length() - 1;
    for (int t = 0; t <= last; t++) {
      double next = t < last ? model.v()[t + 1] : model.tail();
      double weight =
          weighing == Weighing.STATES
              ? model.stateRatios()[t] * episode.ratio(t)
              : model.ratios()[t];
      if (weight != 0 && !Double.isNaN(next)) {
        sum += weight * (episode.reward(t) + episode.discount(t, discount) * next - model.q()[t]);
      }
    }
    return sum;
  }
}
