package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.data.Normalizer;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.policy.Policy;
import dev.hindcast.core.policy.VisitRatios;
import dev.hindcast.offlinerl.bundle.NeuralFunctions;
import dev.hindcast.offlinerl.network.MultilayerPerceptron;
import dev.hindcast.offlinerl.network.Network;
import dev.hindcast.offlinerl.network.Networks;
import dev.hindcast.offlinerl.network.Observations;
import dev.hindcast.offlinerl.network.backend.Backends;
import dev.hindcast.offlinerl.product.Product;
import dev.hindcast.training.contract.Questions;
import dev.hindcast.training.learner.Device;
import dev.hindcast.training.learner.Experience;
import dev.hindcast.training.learner.Losses;
import dev.hindcast.training.sampling.Draws;
import dev.hindcast.training.sampling.Sampler;
import dev.hindcast.training.sampling.Uses;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Trains a learner on episodes in memory, for tests. */
final class Training {
  private Training() {}

  /** What becomes of a trained learner's product; networks are gone afterwards. */
  private interface Reading {
    float[] of(Product product, Normalizer normalizer);
  }

  /** The trained network's outputs in every state of a tabular world, (states, actions). */
  static float[] outputs(
      String algorithm,
      Record config,
      TransitionColumns data,
      double discount,
      int updates,
      Optional<Policy> target) {
    int states = data.observationSpace().categorical().get(0).codes() - 1;
    return trained(
        algorithm,
        config,
        data,
        discount,
        updates,
        target,
        losses -> {},
        (product, normalizer) -> first(product, normalizer).forward(Questions.states(states)));
  }

  /** The outputs of the network of a role in every state of a tabular world, (states, outputs). */
  static float[] outputsOf(
      String role,
      String algorithm,
      Record config,
      TransitionColumns data,
      double discount,
      int updates) {
    int states = data.observationSpace().categorical().get(0).codes() - 1;
    return trained(
        algorithm,
        config,
        data,
        discount,
        updates,
        Optional.empty(),
        losses -> {},
        (product, normalizer) ->
            plain(product.networks().get(role), normalizer).forward(Questions.states(states)));
  }

  /** What every update of a training in a tabular world reported. */
  static List<Losses> figures(
      String algorithm, Record config, TransitionColumns data, double discount, int updates) {
    List<Losses> figures = new ArrayList<>();
    trained(
        algorithm,
        config,
        data,
        discount,
        updates,
        Optional.empty(),
        figures::add,
        (product, normalizer) -> new float[0]);
    return figures;
  }

  /**
   * The trained critic's values of continuous actions in [-1, 1].
   *
   * @param observations (rows, numeric fields)
   * @param actions (rows, dimensions)
   */
  static float[] actionValues(
      String algorithm,
      Record config,
      TransitionColumns data,
      double discount,
      int updates,
      Optional<Policy> target,
      float[] observations,
      float[] actions) {
    int rows = observations.length / data.observationSpace().numeric().size();
    Decisions decisions =
        new Decisions(
            rows, observations, new int[0], new boolean[0], new String[rows], new int[rows]);
    return trained(
        algorithm,
        config,
        data,
        discount,
        updates,
        target,
        losses -> {},
        (product, normalizer) -> first(product, normalizer).forward(decisions, actions));
  }

  /** The trained ratios of visits. */
  static VisitRatios visitRatios(
      String algorithm,
      Record config,
      TransitionColumns data,
      double discount,
      int updates,
      Optional<Policy> target) {
    List<VisitRatios> found = new ArrayList<>();
    trained(
        algorithm,
        config,
        data,
        discount,
        updates,
        target,
        losses -> {},
        (product, normalizer) -> {
          found.add(NeuralFunctions.ratios(product.frozen(), normalizer, data.actionSpace()));
          return new float[0];
        });
    return found.get(0);
  }

  private static MultilayerPerceptron first(Product product, Normalizer normalizer) {
    return plain(product.networks().values().iterator().next(), normalizer);
  }

  private static MultilayerPerceptron plain(Network network, Normalizer normalizer) {
    return new MultilayerPerceptron(network.architecture(), normalizer, network.parameters());
  }

  private static float[] trained(
      String algorithm,
      Record config,
      TransitionColumns data,
      double discount,
      int updates,
      Optional<Policy> target,
      Consumer<Losses> watcher,
      Reading reading) {
    Algorithms.Entry<?> entry = Algorithms.named(algorithm).orElseThrow();
    Experience experience = new Experience(data, discount, Experience.RewardScale.NONE);
    Normalizer normalizer = Normalizer.fit(data);
    int fields = data.observationSpace().categorical().size();
    try (Networks networks = Backends.on(Device.CPU);
        Observations observations =
            networks.place(
                normalizer.apply(data.numeric()),
                data.categories(),
                fields,
                data.observationRows());
        NetworkLearner learner =
            entry.learner(
                new Setting(
                    experience, observations, networks, List.of(32), 16, discount, 1, target),
                config)) {
      Sampler sampler = sampler(entry.draws(), entry.uses(), experience, learner, 1);
      for (int i = 0; i < updates; i++) {
        watcher.accept(learner.update(sampler.sample(i, updates, 128)));
      }
      return reading.of(learner.product(), normalizer);
    }
  }

  /** As a trial draws. */
  static Sampler sampler(
      Draws draws, Uses uses, Experience experience, NetworkLearner learner, long seed) {
    return draws.sampler(experience, uses, learner.steps(), 0.5, seed);
  }
}
