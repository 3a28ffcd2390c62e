package dev.hindcast.benchmarks;

import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.policy.Policy;
import dev.hindcast.core.world.Rollouts;
import dev.hindcast.gbrl.algorithm.GradientBoostedPpo;
import dev.hindcast.gbrl.algorithm.Observations;
import dev.hindcast.gbrl.algorithm.Setting;
import dev.hindcast.gbrl.product.TreeFunctions;
import dev.hindcast.training.learner.Experience;
import dev.hindcast.training.sampling.Draws;
import dev.hindcast.training.sampling.Sampler;
import dev.hindcast.training.sampling.Uses;
import java.util.Optional;

/**
 * Trees that learn while they live in a world: they act for some steps, learn from these, and act
 * on. Counts the time of each.
 */
final class OnlineTrees implements AutoCloseable {
  private static final int THREADS = 1;

  private final OnlineTask task;
  private final long seed;
  private final Rollouts<?> rollouts;
  private GradientBoostedPpo learner;
  private Setting setting;
  private int version;
  private long actingNanos;
  private long learningNanos;
  private long distillingNanos;
  private long rounds;
  private double lastRounds;
  private int distillations;
  private Smaller smaller = (before, after) -> {};

  /** Before its first step. */
  OnlineTrees(OnlineTask task, long seed) {
    this.task = task;
    this.seed = seed;
    rollouts = new Rollouts<>(task.world(), task.copies(), seed);
    TransitionColumns any = task.world().log(task.world().behaviors(), 1, seed);
    setting = setting(any);
    learner = new GradientBoostedPpo(setting, task.config());
  }

  private Setting setting(TransitionColumns steps) {
    Experience experience = experience(steps);
    return new Setting(
        experience, new Observations(experience), THREADS, task.discount(), seed, Optional.empty());
  }

  private Experience experience(TransitionColumns steps) {
    return new Experience(
        steps,
        task.discount(),
        Experience.RewardScale.NONE,
        Optional.of(new Experience.Fresh(0, version)));
  }

  /** Is told when the policy's ensemble was made smaller. */
  @FunctionalInterface
  interface Smaller {
    /**
     * The policies before and after, one round of its own included.
     *
     * @param before that acted
     * @param after the smaller one
     */
    void made(Policy before, Policy after);
  }

  /** Tells this from now on. */
  void tell(Smaller listener) {
    smaller = listener;
  }

  /**
   * Acts, then learns.
   *
   * @return undiscounted returns of the episodes that came to an end
   */
  double[] iterate() {
    long began = System.nanoTime();
    Policy acting = policy();
    Rollouts.Rollout fresh = rollouts.next(acting, task.steps());
    actingNanos += System.nanoTime() - began;
    learn(fresh.steps(), acting);
    return fresh.returns();
  }

  /**
   * One iteration's updates.
   *
   * @param fresh what was lived
   * @param acted the policy that lived it
   */
  void learn(TransitionColumns fresh, Policy acted) {
    version++;
    long began = System.nanoTime();
    Setting before = setting;
    setting = setting(fresh);
    learner.goOn(setting);
    before.observations().close();
    Sampler sampler =
        Draws.ALL.sampler(
            setting.experience(), Uses.STEPS_WITH_NEXT_OBSERVATION, learner.steps(), 0.5, seed);
    int updates = task.config().rounds();
    for (int i = 0; i < updates; i++) {
      long start = System.nanoTime();
      double policyRounds =
          learner.update(sampler.sample(i, updates, 1)).values().get("policy_rounds");
      if (i == 0 && policyRounds < lastRounds) {
        distillations++;
        distillingNanos += System.nanoTime() - start;
        long told = System.nanoTime();
        smaller.made(acted, policy());
        began += System.nanoTime() - told; // not the learner's time
      }
      lastRounds = policyRounds;
    }
    rounds += updates;
    learningNanos += System.nanoTime() - began;
  }

  /** The policy as it is now. */
  Policy policy() {
    return TreeFunctions.policy(
        learner.product(), task.world().observationSpace(), task.world().actionSpace(), false);
  }

  /** How many steps it has lived. */
  long steps() {
    return (long) version * task.stepsOfIteration();
  }

  /** How many rounds it has ever grown. */
  long rounds() {
    return rounds;
  }

  /** How many rounds the policy's ensemble has. */
  int policyRounds() {
    return (int) lastRounds;
  }

  /** How often it was made smaller. */
  int distillations() {
    return distillations;
  }

  /** Seconds spent acting. */
  double actingSeconds() {
    return actingNanos / 1e9;
  }

  /** Seconds spent learning, distillation included. */
  double learningSeconds() {
    return learningNanos / 1e9;
  }

  /** Seconds spent in updates that began with distillation. */
  double distillingSeconds() {
    return distillingNanos / 1e9;
  }

  @Override
  public void close() {
    learner.close();
    setting.observations().close();
  }
}
