package dev.hindcast.gbrl.algorithm;

import dev.hindcast.core.artefact.StableHash;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.policy.Policy;
import dev.hindcast.gbrl.tree.FeatureMatrix;
import dev.hindcast.gbrl.tree.Features;
import dev.hindcast.gbrl.tree.Growth;
import dev.hindcast.gbrl.tree.Output;
import dev.hindcast.training.learner.AllRows;
import dev.hindcast.training.learner.Experience;
import dev.hindcast.training.learner.ReturnToGo;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * All that a learner is given besides its own settings.
 *
 * @param experience the training data
 * @param observations its observations as trees see them
 * @param threads for growing; of no consequence to what grows
 * @param gpu to grow on; on the CPU where there is none
 * @param discount γ, in [0, 1]
 * @param seed of all randomness
 * @param target the policy to evaluate, for learners that evaluate one
 */
public record Setting(
    Experience experience,
    Observations observations,
    int threads,
    OptionalInt gpu,
    double discount,
    long seed,
    Optional<Policy> target) {
  /** To grow on the CPU. */
  public Setting(
      Experience experience,
      Observations observations,
      int threads,
      double discount,
      long seed,
      Optional<Policy> target) {
    this(experience, observations, threads, OptionalInt.empty(), discount, seed, target);
  }

  /** The data in its own units. */
  TransitionColumns data() {
    return experience.data();
  }

  /** Whether actions are discrete; otherwise they lie in a box. */
  boolean isDiscrete() {
    return data().actionSpace() instanceof ActionSpace.Discrete;
  }

  /** The number of discrete actions. */
  int actions() {
    return data().actionCount();
  }

  /** The number of coordinates of a continuous action. */
  int dimensions() {
    return experience.dimensions();
  }

  /** Seed of the randomness that belongs to this name alone. */
  long seedOf(String name) {
    return StableHash.combine(seed, StableHash.of(name));
  }

  /** The observations, for such trees; shared. */
  FeatureMatrix observations(Growth growth) {
    return observations.binned(growth.bins());
  }

  /** A function of observations. */
  TreeFunction function(String name, List<Output> outputs, Growth growth) {
    return function(name, observations(growth), outputs, growth);
  }

  /** A function of other rows. */
  TreeFunction function(String name, FeatureMatrix matrix, List<Output> outputs, Growth growth) {
    return new TreeFunction(name, matrix, outputs, growth, seedOf(name), threads, gpu);
  }

  /** What trees see of an observation and an action. */
  Features withAction() {
    return Features.withAction(data().observationSpace(), data().actionSpace());
  }

  /** The rows of this data among all that are learned from. */
  AllRows all() {
    return experience.all();
  }

  /** Every step's observation and logged action, for such trees; whoever asks closes it. */
  FeatureMatrix loggedActions(Growth growth) {
    TransitionColumns data = data();
    Features features = withAction();
    int[] rows = IntStream.range(0, data.rows()).toArray();
    Decisions decisions = data.decisionsAt(rows);
    return FeatureMatrix.divided(
        features,
        isDiscrete()
            ? features.rows(decisions, IntStream.of(rows).map(data::action).toArray())
            : features.rows(decisions, data.actionVectors()),
        growth.bins(),
        all());
  }

  /**
   * What the log earned on average from a step on: where values start. 0 where that is no number,
   * which the first loss will tell.
   */
  float meanReturn() {
    int[] rows = IntStream.range(0, data().rows()).toArray();
    float[] returns = new ReturnToGo(experience).of(rows, tails -> new float[tails.length]);
    double[] terms = IntStream.of(rows).mapToDouble(row -> returns[row]).toArray();
    float mean = (float) (all().sum(terms) / all().count());
    return Float.isFinite(mean) ? mean : 0;
  }
}
