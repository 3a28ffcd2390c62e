package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.core.data.Normalizer;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.loss.MaskedSoftmax;
import dev.hindcast.core.world.TabularPolicy;
import dev.hindcast.offlinerl.network.MultilayerPerceptron;
import dev.hindcast.offlinerl.network.Network;
import dev.hindcast.offlinerl.network.Networks;
import dev.hindcast.offlinerl.network.Observations;
import dev.hindcast.offlinerl.network.backend.Backends;
import dev.hindcast.training.contract.Logs;
import dev.hindcast.training.contract.Questions;
import dev.hindcast.training.learner.Device;
import dev.hindcast.training.learner.Experience;
import dev.hindcast.training.loop.RunState;
import dev.hindcast.training.loop.Schedule;
import dev.hindcast.training.loop.TrainingLoop;
import dev.hindcast.training.sampling.HybridSampler;
import dev.hindcast.training.sampling.Uses;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Trains a learner that needs fresh episodes, for tests: each iteration has a learner of the log
 * and of what the policy lived, which goes on where the last one stood.
 */
final class Iterations {
  private static final int BATCH = 128;

  private final HybridPolicyGradient.Config config;
  private final TransitionColumns log;
  private final double discount;
  private final Normalizer normalizer;
  private Optional<RunState> state = Optional.empty();
  private MultilayerPerceptron policy;
  private MultilayerPerceptron critic;
  private int version;

  /** A policy that has not learned anything; one hidden layer of 32, seed 1. */
  Iterations(HybridPolicyGradient.Config config, TransitionColumns log, double discount) {
    this.config = config;
    this.log = log;
    this.discount = discount;
    normalizer = Normalizer.fit(log);
    with(experience(log, log.episodes()), learner -> {});
  }

  /** One iteration with episodes that the policy lived as it stands. */
  void iterate(TransitionColumns fresh) {
    iterateOn(Logs.joined(log, fresh));
  }

  /** One iteration without fresh episodes. */
  void iterate() {
    iterateOn(log);
  }

  /** One iteration, interrupted after some updates and taken up by another learner. */
  void iterateInterrupted(TransitionColumns fresh, int after) {
    TransitionColumns all = Logs.joined(log, fresh);
    Optional<RunState> before = state;
    state = Optional.empty();
    int of = version;
    RunState[] there = new RunState[1];
    with(
        experience(all, log.episodes()),
        learner -> {
          before.ifPresent(stand -> stand.into(learner));
          there[0] = loop(learner, all).advance(Optional.empty(), after, () -> false);
        });
    version = of;
    with(
        experience(all, log.episodes()),
        learner ->
            state =
                Optional.of(
                    loop(learner, all)
                        .advance(Optional.of(there[0]), config.updates(), () -> false)));
    version++;
  }

  private void iterateOn(TransitionColumns all) {
    with(
        experience(all, log.episodes()),
        learner -> {
          state.ifPresent(stand -> stand.into(learner));
          state =
              Optional.of(
                  loop(learner, all).advance(Optional.empty(), config.updates(), () -> false));
        });
    version++;
  }

  private TrainingLoop loop(NetworkLearner learner, TransitionColumns all) {
    return new TrainingLoop(
        "iteration",
        learner,
        HybridSampler.ofFresh(
            experience(all, log.episodes()),
            Uses.STEPS_WITH_NEXT_OBSERVATION,
            learner.steps(),
            0.5,
            version),
        new Schedule(config.updates(), BATCH, 0, config.updates()));
  }

  private Experience experience(TransitionColumns all, int firstFresh) {
    return new Experience(
        all,
        discount,
        Experience.RewardScale.NONE,
        Optional.of(new Experience.Fresh(firstFresh, version)));
  }

  private void with(Experience experience, Consumer<HybridPolicyGradient> use) {
    with(
        experience,
        normalizer,
        config,
        learner -> {
          use.accept(learner);
          policy = plain(learner.networks().get("policy"));
          critic = plain(learner.networks().get("critic_1"));
        });
  }

  /** A learner of this experience while it is used. */
  static void with(
      Experience experience,
      Normalizer normalizer,
      HybridPolicyGradient.Config config,
      Consumer<HybridPolicyGradient> use) {
    TransitionColumns data = experience.data();
    try (Networks networks = Backends.on(Device.CPU);
        Observations observations =
            networks.place(
                normalizer.apply(data.numeric()),
                data.categories(),
                data.observationSpace().categorical().size(),
                data.observationRows());
        HybridPolicyGradient learner =
            new HybridPolicyGradient(
                new Setting(
                    experience, observations, networks, List.of(32), 16, 1, 1, Optional.empty()),
                config)) {
      use.accept(learner);
    }
  }

  private MultilayerPerceptron plain(Network network) {
    return new MultilayerPerceptron(network.architecture(), normalizer, network.parameters());
  }

  /** How often the policy has been changed. */
  int version() {
    return version;
  }

  /** The policy's network as it stands. */
  MultilayerPerceptron policy() {
    return policy;
  }

  /** (states, actions): the critic's values in a tabular world. */
  float[] actionValues() {
    return critic.forward(Questions.states(states()));
  }

  /**
   * The policy in a tabular world.
   *
   * @param masks (states, actions), empty without masks
   */
  TabularPolicy tabular(boolean[] masks) {
    int actions = log.actionCount();
    return TabularPolicy.of(
        MaskedSoftmax.of(policy.forward(Questions.states(states())), actions, masks), actions);
  }

  private int states() {
    return log.observationSpace().categorical().get(0).codes() - 1;
  }
}
