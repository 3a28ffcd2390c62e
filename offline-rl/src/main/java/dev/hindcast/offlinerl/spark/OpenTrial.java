package dev.hindcast.offlinerl.spark;

import dev.hindcast.core.artefact.StableHash;
import dev.hindcast.core.data.Normalizer;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.offlinerl.algorithm.Algorithms;
import dev.hindcast.offlinerl.algorithm.NetworkLearner;
import dev.hindcast.offlinerl.algorithm.Setting;
import dev.hindcast.offlinerl.network.Networks;
import dev.hindcast.offlinerl.network.Observations;
import dev.hindcast.offlinerl.network.backend.Backends;
import dev.hindcast.training.learner.Experience;
import dev.hindcast.training.learner.Experience.RewardScale;
import dev.hindcast.training.loop.Alarms;
import dev.hindcast.training.sampling.HybridSampler;
import dev.hindcast.training.sampling.ReplayBuffer;
import dev.hindcast.training.sampling.Sampler;

/** A trial's learner on its data, ready to be trained. Belongs to the thread that opened it. */
final class OpenTrial implements AutoCloseable {
  private final Trial trial;
  private final Algorithms.Entry<?> algorithm;
  private final TransitionColumns data;
  private final Normalizer normalizer;
  private final Experience experience;
  private final Networks networks;
  private Observations observations;
  private NetworkLearner learner;
  private Sampler sampler;

  private OpenTrial(Trial trial, TransitionColumns data, Normalizer normalizer) {
    this.trial = trial;
    this.data = data;
    this.normalizer = normalizer;
    algorithm = Algorithms.named(trial.algorithm()).orElseThrow();
    experience =
        new Experience(
            data, trial.discount(), isPolicy() ? trial.settings().rewards() : RewardScale.NONE);
    networks = Backends.on(trial.settings().device(), GpuTasks.assigned());
  }

  /**
   * On all data of the training side, or on one shard of it. The first shard draws its batches as
   * the whole would.
   */
  static OpenTrial on(TransitionColumns data, Normalizer normalizer, Trial trial, int shard) {
    OpenTrial open = new OpenTrial(trial, data, normalizer);
    try {
      open.begin(
          shard == 0
              ? trial.seed()
              : StableHash.combine(trial.seed(), StableHash.of("shard " + shard)));
      return open;
    } catch (RuntimeException | Error e) {
      open.close();
      throw e;
    }
  }

  private void begin(long batchSeed) {
    observations =
        networks.place(
            normalizer.apply(data.numeric()),
            data.categories(),
            data.observationSpace().categorical().size(),
            data.observationRows());
    learner =
        algorithm.learner(
            new Setting(
                experience,
                observations,
                networks,
                trial.settings().hidden(),
                trial.settings().embeddingWidth(),
                trial.discount(),
                trial.seed(),
                trial.target().stream().map(Trial.Target::policy).findFirst()),
            trial.options());
    sampler =
        switch (algorithm.draws()) {
          case UNIFORMLY ->
              new ReplayBuffer(experience, algorithm.uses(), learner.steps(), batchSeed);
          case HALF_DEMONSTRATIONS ->
              HybridSampler.ofDemonstrations(
                  experience,
                  algorithm.uses(),
                  learner.steps(),
                  trial.settings().demonstrationShare(),
                  batchSeed);
          case HALF_FRESH ->
              HybridSampler.ofFresh(experience, algorithm.uses(), learner.steps(), 0.5, batchSeed);
        };
  }

  Algorithms.Entry<?> algorithm() {
    return algorithm;
  }

  boolean isPolicy() {
    return algorithm.yields() == Algorithms.Yields.POLICY;
  }

  TransitionColumns data() {
    return data;
  }

  Normalizer normalizer() {
    return normalizer;
  }

  NetworkLearner learner() {
    return learner;
  }

  Sampler sampler() {
    return sampler;
  }

  Alarms alarms() {
    return trial.settings().alarms() ? Alarms.of(experience) : Alarms.off();
  }

  @Override
  public void close() {
    if (learner != null) {
      learner.close();
    }
    if (observations != null) {
      observations.close();
    }
    networks.close();
  }
}
