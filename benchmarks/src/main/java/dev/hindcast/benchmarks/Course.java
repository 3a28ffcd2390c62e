package dev.hindcast.benchmarks;

import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.policy.Policy;
import dev.hindcast.offlinerl.algorithm.Algorithms;
import dev.hindcast.offlinerl.algorithm.NetworkLearner;
import dev.hindcast.offlinerl.algorithm.Setting;
import dev.hindcast.offlinerl.network.Networks;
import dev.hindcast.offlinerl.network.Observations;
import dev.hindcast.training.learner.Experience;
import dev.hindcast.training.sampling.ReplayBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One algorithm ready to train on a synthetic log with batches of {@value #BATCH} and as many
 * hidden layers as its paper has, {@value Setting#WIDTH} wide: what {@code TrainingLoop} does for
 * each update, without the reporting.
 */
final class Course implements AutoCloseable {
  private static final int BATCH = 256;
  private static final double DISCOUNT = 0.99;
  private static final int UPDATES_IN_ALL = 1_000_000;

  private final Observations observations;
  private final NetworkLearner learner;
  private final ReplayBuffer buffer;
  private long updates;

  private Course(Observations observations, NetworkLearner learner, ReplayBuffer buffer) {
    this.observations = observations;
    this.learner = learner;
    this.buffer = buffer;
  }

  /** Of an algorithm on a log, or nothing when it does not learn from actions of that kind. */
  static Optional<Course> of(
      Algorithms.Entry<?> algorithm, TransitionColumns log, Networks networks) {
    if (!algorithm.actions().admit(log.actionSpace())) {
      return Optional.empty();
    }
    Experience experience = new Experience(log, DISCOUNT, Experience.RewardScale.NONE);
    Observations observations =
        networks.place(log.numeric(), log.categories(), 0, log.observationRows());
    Optional<Policy> target = Optional.of(SyntheticLog.target(log.actionSpace()));
    Setting setting =
        new Setting(experience, observations, networks, List.of(), 0, DISCOUNT, 0, target);
    NetworkLearner learner = algorithm.learner(setting, algorithm.defaults());
    return Optional.of(
        new Course(
            observations,
            learner,
            new ReplayBuffer(experience, algorithm.uses(), learner.steps(), 0)));
  }

  /** Makes so many updates and says how long they took. */
  Duration train(int count) {
    long began = System.nanoTime();
    for (int i = 0; i < count; i++) {
      var unused = learner.update(buffer.sample(updates, UPDATES_IN_ALL, BATCH));
      updates++;
    }
    return Duration.ofNanos(System.nanoTime() - began);
  }

  @Override
  public void close() {
    learner.close();
    observations.close();
  }
}
