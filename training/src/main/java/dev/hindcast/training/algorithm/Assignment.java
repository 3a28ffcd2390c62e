package dev.hindcast.training.algorithm;

import dev.hindcast.core.data.Normalizer;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.policy.Policy;
import dev.hindcast.training.learner.Experience;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What an algorithm is given to learn from and with.
 *
 * @param experience the training data
 * @param normalizer fitted on it, or on all parts of it, for those who want numbers of one size
 * @param settings those every algorithm has
 * @param options its own
 * @param discount γ, in [0, 1]
 * @param seed of all randomness but the drawing of batches
 * @param target the policy to evaluate, for learners that evaluate one
 * @param gpu which GPU it may use, where Spark handed one out
 */
public record Assignment(
    Experience experience,
    Normalizer normalizer,
    TrainSettings settings,
    Record options,
    double discount,
    long seed,
    Optional<Policy> target,
    OptionalInt gpu) {
  /** The data in its own units. */
  public TransitionColumns data() {
    return experience.data();
  }
}
