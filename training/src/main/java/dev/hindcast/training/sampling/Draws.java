package dev.hindcast.training.sampling;

import dev.hindcast.core.config.UserError;
import dev.hindcast.training.learner.Experience;
import java.util.function.IntPredicate;

/** How the steps of an update are drawn from those an algorithm can learn from. */
public enum Draws {
  /** A batch, all alike. */
  UNIFORMLY,
  /**
   * A batch, half of it from the demonstrations and half from all other steps, as far as there are
   * both: the balanced sampling of Ball and others (2023), arXiv:2302.02948.
   */
  HALF_DEMONSTRATIONS,
  /** A batch, half of it fresh and half from the log, as far as there are both. */
  HALF_FRESH,
  /** None: every update is made with every step. */
  ALL;

  private static final double HALF = 0.5;

  /**
   * What draws like this.
   *
   * @param wanted which rows the learner wants to be shown
   * @param demonstrationShare of every batch, in [0, 1], for {@link #HALF_DEMONSTRATIONS} where a
   *     user wants another share than a half
   * @throws UserError when there is nothing to draw
   */
  public Sampler sampler(
      Experience experience, Uses uses, IntPredicate wanted, double demonstrationShare, long seed) {
    return switch (this) {
      case UNIFORMLY -> new ReplayBuffer(experience, uses, wanted, seed);
      case HALF_DEMONSTRATIONS ->
          HybridSampler.ofDemonstrations(experience, uses, wanted, demonstrationShare, seed);
      case HALF_FRESH -> HybridSampler.ofFresh(experience, uses, wanted, HALF, seed);
      case ALL -> new EveryStep(new ReplayBuffer(experience, uses, wanted, seed));
    };
  }
}
