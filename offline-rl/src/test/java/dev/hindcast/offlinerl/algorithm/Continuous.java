package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.core.data.Normalizer;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.policy.Policy;
import dev.hindcast.core.world.ContinuousWorld;
import dev.hindcast.offlinerl.bundle.NeuralFunctions;
import dev.hindcast.offlinerl.network.Networks;
import dev.hindcast.offlinerl.network.Observations;
import dev.hindcast.offlinerl.network.backend.Backends;
import dev.hindcast.training.contract.Questions;
import dev.hindcast.training.learner.Device;
import dev.hindcast.training.learner.Experience;
import dev.hindcast.training.learner.Losses;
import dev.hindcast.training.sampling.Draws;
import dev.hindcast.training.sampling.Sampler;
import dev.hindcast.training.sampling.Uses;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/** Trains learners of continuous actions on episodes in memory, for tests. */
final class Continuous {
  private static final int BATCH = 64;

  private Continuous() {}

  /**
   * What training came to.
   *
   * @param actor acts without noise in a box that reaches from -1 to 1
   * @param figures of every update
   * @param parameters of every network by name
   */
  record Trained(
      ContinuousWorld.BoxActor actor, List<Losses> figures, Map<String, float[]> parameters) {
    /** The action in the one state of a bandit. */
    double action() {
      return actor.act(1, new float[] {1})[0];
    }

    /** The mean of a figure over the last updates that have it. */
    double figure(String name, int last) {
      double[] found =
          figures.stream()
              .filter(losses -> losses.values().containsKey(name))
              .mapToDouble(losses -> losses.values().get(name))
              .toArray();
      double sum = 0;
      for (int i = found.length - last; i < found.length; i++) {
        sum += found[i];
      }
      return sum / last;
    }
  }

  /** By the catalogue. */
  static Trained train(
      String algorithm, Record config, TransitionColumns data, double discount, int updates) {
    Algorithms.Entry<?> entry = Algorithms.named(algorithm).orElseThrow();
    return train(setting -> entry.learner(setting, config), entry.draws(), data, discount, updates);
  }

  /** With two hidden layers of 32, seed 1. */
  static Trained train(
      Function<Setting, NetworkLearner> constructor,
      TransitionColumns data,
      double discount,
      int updates) {
    return train(constructor, Draws.UNIFORMLY, data, discount, updates);
  }

  private static Trained train(
      Function<Setting, NetworkLearner> constructor,
      Draws draws,
      TransitionColumns data,
      double discount,
      int updates) {
    Experience experience = new Experience(data, discount, Experience.RewardScale.NONE);
    Normalizer normalizer = Normalizer.fit(data);
    try (Networks networks = Backends.on(Device.CPU);
        Observations observations =
            networks.place(
                normalizer.apply(data.numeric()), new int[0], 0, data.observationRows());
        NetworkLearner learner =
            constructor.apply(
                new Setting(
                    experience,
                    observations,
                    networks,
                    List.of(32, 32),
                    16,
                    discount,
                    1,
                    Optional.empty()))) {
      Sampler sampler =
          Training.sampler(draws, Uses.STEPS_WITH_NEXT_OBSERVATION, experience, learner, 1);
      List<Losses> figures = new ArrayList<>();
      for (int i = 0; i < updates; i++) {
        figures.add(learner.update(sampler.sample(i, updates, BATCH)));
      }
      Map<String, float[]> parameters = new TreeMap<>();
      learner.networks().forEach((name, network) -> parameters.put(name, network.parameters()));
      Policy policy =
          NeuralFunctions.policy(learner.product().frozen(), normalizer, data.actionSpace(), false);
      return new Trained(Questions.actor(policy), figures, parameters);
    }
  }
}
