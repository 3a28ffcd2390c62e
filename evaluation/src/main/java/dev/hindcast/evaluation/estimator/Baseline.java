package dev.hindcast.evaluation.estimator;

/** What the reward of a one-step episode is compared with before it is weighted. */
enum Baseline {
  /** Nothing: rewards are weighted as they are. */
  NONE,
  /** What the Q-function expects, which is then added for the target policy's actions. */
  Q_FUNCTION;

  /** v: what is known without any weight. */
  double known(ScoredEpisode episode) {
    return this == NONE ? 0 : episode.v(0);
  }

  /**
   * r - q, or r: what a weight makes the target policy's. Where the log broke off after the step, r
   * includes what the Q-function expects afterwards.
   */
  double residual(ScoredEpisode episode, double discount) {
    return this == NONE
        ? episode.reward(0)
        : episode.reward(0) + episode.discount(0, discount) * episode.tail() - episode.q(0);
  }
}
