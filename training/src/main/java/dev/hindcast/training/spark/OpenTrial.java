package dev.hindcast.training.spark;

import dev.hindcast.core.artefact.StableHash;
import dev.hindcast.core.data.Normalizer;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.training.algorithm.Algorithm;
import dev.hindcast.training.algorithm.Assignment;
import dev.hindcast.training.algorithm.Trainee;
import dev.hindcast.training.learner.AllRows;
import dev.hindcast.training.learner.Experience;
import dev.hindcast.training.learner.Experience.RewardScale;
import dev.hindcast.training.learner.Gathering;
import dev.hindcast.training.learner.JointLearner;
import dev.hindcast.training.learner.Learner;
import dev.hindcast.training.loop.Alarms;
import dev.hindcast.training.sampling.Sampler;

/** A trial's learner on its data, ready to be trained. Belongs to the thread that opened it. */
final class OpenTrial implements AutoCloseable {
  private final Trial trial;
  private final Experience experience;
  private final Trainee trainee;
  private final Sampler sampler;

  private OpenTrial(Trial trial, Experience experience, Trainee trainee, Sampler sampler) {
    this.trial = trial;
    this.experience = experience;
    this.trainee = trainee;
    this.sampler = sampler;
  }

  /**
   * On all data of the training side, or on one shard of it. The first shard draws its batches as
   * the whole would.
   */
  static OpenTrial on(TransitionColumns data, Normalizer normalizer, Trial trial, int shard) {
    return on(data, normalizer, trial, shard, Gathering.alone());
  }

  /** On a member's part of the data. */
  static OpenTrial on(
      TransitionColumns data, Normalizer normalizer, Trial trial, Gathering gathering) {
    return on(data, normalizer, trial, 0, gathering);
  }

  private static OpenTrial on(
      TransitionColumns data, Normalizer normalizer, Trial trial, int shard, Gathering gathering) {
    Algorithm algorithm = trial.algorithm();
    Experience experience =
        new Experience(
            data,
            trial.discount(),
            trial.yieldsPolicy() ? trial.settings().rewards() : RewardScale.NONE,
            gathering);
    Trainee trainee =
        algorithm.open(
            new Assignment(
                experience,
                normalizer,
                trial.settings(),
                trial.options(),
                trial.discount(),
                trial.seed(),
                trial.target().stream().map(Trial.Target::policy).findFirst(),
                GpuTasks.assigned()));
    try {
      long batchSeed =
          shard == 0
              ? trial.seed()
              : StableHash.combine(trial.seed(), StableHash.of("shard " + shard));
      Sampler sampler =
          algorithm
              .draws()
              .sampler(
                  experience,
                  algorithm.uses(),
                  trainee.learner().steps(),
                  trial.settings().demonstrationShare(),
                  batchSeed);
      return new OpenTrial(trial, experience, trainee, sampler);
    } catch (RuntimeException | Error e) {
      trainee.close();
      throw e;
    }
  }

  TransitionColumns data() {
    return experience.data();
  }

  Trainee trainee() {
    return trainee;
  }

  Learner learner() {
    return all().areHere() ? trainee.learner() : new JointLearner(trainee.learner(), all());
  }

  AllRows all() {
    return experience.all();
  }

  Sampler sampler() {
    return sampler;
  }

  Alarms alarms() {
    return trial.settings().alarms() ? Alarms.of(experience) : Alarms.off();
  }

  @Override
  public void close() {
    trainee.close();
  }
}
