package dev.hindcast.gbrl.algorithm;

import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.policy.Policy;
import dev.hindcast.core.policy.QFunction;
import dev.hindcast.gbrl.product.TreeFunctions;
import dev.hindcast.gbrl.product.TreeProduct;
import dev.hindcast.training.learner.Experience;
import dev.hindcast.training.learner.Losses;
import dev.hindcast.training.sampling.Draws;
import dev.hindcast.training.sampling.Sampler;
import dev.hindcast.training.sampling.Uses;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** What a learner of trees has made of a log, for tests. */
record Training(TransitionColumns data, TreeProduct product, List<Losses> losses) {
  /** Without a target policy; seed 1. */
  static Training of(
      TransitionColumns data,
      double discount,
      Function<Setting, TreeLearner> learner,
      int updates) {
    return of(data, discount, Optional.empty(), learner, updates);
  }

  /** The same, of a target policy. */
  static Training of(
      TransitionColumns data,
      double discount,
      Optional<Policy> target,
      Function<Setting, TreeLearner> learner,
      int updates) {
    Experience experience = new Experience(data, discount, Experience.RewardScale.NONE);
    List<Losses> losses = new ArrayList<>();
    try (Observations observations = new Observations(experience);
        TreeLearner made =
            learner.apply(new Setting(experience, observations, 1, discount, 1, target))) {
      Sampler sampler = Draws.ALL.sampler(experience, Uses.ALL_STEPS, made.steps(), 0.5, 1);
      for (int i = 0; i < updates; i++) {
        losses.add(made.update(sampler.sample(i, updates, 1)));
      }
      return new Training(data, made.product(), losses);
    }
  }

  Policy policy() {
    return TreeFunctions.policy(
        product, data.observationSpace(), data.actionSpace(), data.hasMask());
  }

  QFunction qFunction() {
    return TreeFunctions.values(product, data.observationSpace(), data.actionSpace());
  }
}
