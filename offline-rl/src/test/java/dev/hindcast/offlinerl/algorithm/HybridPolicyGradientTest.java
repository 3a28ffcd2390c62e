package dev.hindcast.offlinerl.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.data.Normalizer;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.loss.MaskedSoftmax;
import dev.hindcast.core.world.ChainMdp;
import dev.hindcast.core.world.ContinuousBandit;
import dev.hindcast.core.world.ContinuousWorld;
import dev.hindcast.core.world.LinearPolicy;
import dev.hindcast.core.world.PointMass;
import dev.hindcast.core.world.TabularMdp;
import dev.hindcast.core.world.TabularPolicy;
import dev.hindcast.offlinerl.algorithm.HybridPolicyGradient.Config;
import dev.hindcast.offlinerl.network.MultilayerPerceptron;
import dev.hindcast.offlinerl.network.Network;
import dev.hindcast.training.contract.Course;
import dev.hindcast.training.contract.Questions;
import dev.hindcast.training.learner.Experience;
import dev.hindcast.training.learner.MiniBatch;
import dev.hindcast.training.learner.TrainingStopped;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Checks 9 and 13 are those of the sheet "hybrid and online", section 15. */
class HybridPolicyGradientTest {
  private static final double DISCOUNT = 0.9;
  private static final boolean[] NO_MASKS = {};
  private static final TabularMdp CHAIN = ChainMdp.deterministic(4);

  /** Check 9: critics that are right about what the log's observations offer. */
  @Test
  void mirrorStepOnTheLogHasTheNumbersOfTheSheet() {
    Config config = new Config(1, 1, 10, 1, 1, 2000, 1e-12, 0.01, 1);
    assertThat(moved(config, Optional.empty(), new float[] {0.5f, 0, -0.5f}))
        .containsExactly(new double[] {0.325930, 0.494216, 0.179854}, within(1e-4));
  }

  /** Check 9, as mirror descent has it with t = 1/2: fresh steps as frequent as they are likely. */
  @Test
  void mirrorStepOnFreshStepsHasTheNumbersOfTheSheet() {
    Config config = new Config(1, 2, 10, 1, 1, 2000, 1e-12, 0.01, 1);
    assertThat(moved(config, Optional.of(new Experience.Fresh(0, 0)), new float[3]))
        .containsExactly(new double[] {0.325930, 0.494216, 0.179854}, within(1e-4));
  }

  /**
   * The same for a Gaussian: where advantages rise by s with every unit before the tangent, {@code
   * π₀ exp(A / price)} is the Gaussian whose mean lies s deviations² / price farther. The critic
   * knows nothing here, so that only what was lived can show it.
   */
  @Test
  void mirrorStepOnFreshStepsMovesAGaussianByTheSlopeOfItsAdvantages() {
    ContinuousBandit bandit = ContinuousBandit.DEFAULT;
    TransitionColumns.Builder log =
        new TransitionColumns.Builder(
            bandit.observationSpace(), bandit.actionSpace(), false, false);
    SplittableRandom random = new SplittableRandom(1);
    int steps = 2000;
    double[] noise = new double[steps];
    double squares = 0;
    for (int i = 0; i < steps; i += 2) {
      noise[i] = random.nextGaussian();
      noise[i + 1] = -noise[i];
      squares += 2 * noise[i] * noise[i];
    }
    int[] rows = new int[steps];
    for (int i = 0; i < steps; i++) {
      double u = noise[i] / Math.sqrt(squares / steps);
      log.beginEpisode("episode " + i)
          .addBoxStep(new float[] {1}, new int[0], new float[] {(float) Math.tanh(u)}, 0.4 * u, 1)
          .endEpisode(true);
      rows[i] = i;
    }
    Config config = new Config(1, 2, 10, 1, 1, 200, 1e-12, 0.01, 1);
    Experience experience =
        new Experience(
            log.build(), 1, Experience.RewardScale.NONE, Optional.of(new Experience.Fresh(0, 0)));
    Iterations.with(
        experience,
        Normalizer.fit(experience.data()),
        config,
        learner -> {
          Network policy = learner.networks().get("policy");
          constant(policy, 0, 0);
          constant(learner.networks().get("critic_1"), 0);
          for (int i = 0; i < config.updates(); i++) {
            learner.update(new MiniBatch(experience, rows, i, 0, i));
          }
          float[] parameters = policy.parameters();
          assertThat((double) parameters[parameters.length - 2]).isCloseTo(0.2, within(0.02));
          assertThat((double) parameters[parameters.length - 1]).isCloseTo(0, within(0.02));
        });
  }

  @Test
  void noStepIsMadeBeyondTheDivergenceLimit() {
    Config config = new Config(1, 1, 0.01, 1, 1, 2000, 1e-12, 0.002, 1);
    double[] start = {0.2, 0.5, 0.3};
    double[] moved = moved(config, Optional.empty(), new float[] {0.5f, 0, -0.5f});
    double divergence = 0;
    for (int a = 0; a < 3; a++) {
      divergence += moved[a] * Math.log(moved[a] / start[a]);
    }
    assertThat(divergence).isBetween(0.0099, 0.012);
  }

  /**
   * Check 9: the log says that everything costs 1; without weight nothing of it is believed. The
   * target critic stays behind, so that nothing that is bootstrapped could be right.
   */
  @Test
  void withoutWeightOfTheLogTheCriticIsMonteCarlo() {
    assertThat(errorWithLyingLog(0)).isLessThan(0.08);
    assertThat(errorWithLyingLog(1)).isGreaterThan(0.3);
  }

  private static double errorWithLyingLog(double logWeight) {
    TabularPolicy uniform = TabularPolicy.uniform(CHAIN);
    Config config = new Config(logWeight, 1, 0.01, 1, 1000, 1, 0.005, 1e-4, 1e-6);
    Iterations agent = new Iterations(config, costly().log(uniform, 100, 20, 3), DISCOUNT);
    TabularPolicy policy = agent.tabular(NO_MASKS);
    agent.iterate(CHAIN.log(policy, 1000, 200, 4));
    return greatestError(agent, CHAIN.actionValues(policy, DISCOUNT));
  }

  /** Check 9: what the log's own policy is worth is quite another thing. */
  @Test
  void withoutFreshStepsTheCriticIsFittedQEvaluation() {
    TabularPolicy behavior =
        TabularPolicy.of(new double[] {0.1, 0.9, 0.1, 0.9, 0.1, 0.9, 0.1, 0.9, 0.5, 0.5}, 2);
    Config config = new Config(1, 1, 0.01, 1, 1500, 1, 0.01, 1e-4, 0.05);
    Iterations agent = new Iterations(config, CHAIN.log(behavior, 400, 20, 3), DISCOUNT);
    double[] exact = CHAIN.actionValues(agent.tabular(NO_MASKS), DISCOUNT);
    agent.iterate();
    assertThat(greatestError(agent, exact)).isLessThan(0.03);
    assertThat(greatestError(agent, CHAIN.actionValues(behavior, DISCOUNT))).isGreaterThan(0.1);
  }

  /** Check 13. */
  @Test
  void solvesTheChainAndKnowsWhatItIsWorth() {
    Config config = new Config(1, 0.1, 0.2, 0.97, 150, 20, 0.005, 0.02, 0.05);
    Iterations agent =
        new Iterations(config, CHAIN.log(TabularPolicy.uniform(CHAIN), 100, 20, 3), DISCOUNT);
    for (int i = 0; i < 20; i++) {
      agent.iterate(CHAIN.log(agent.tabular(NO_MASKS), 20, 20, i));
    }
    assertThat(agent.version()).isEqualTo(20);
    assertThat(CHAIN.value(agent.tabular(NO_MASKS), DISCOUNT)).isGreaterThan(0.97 * 0.729);
    float[] q = agent.actionValues();
    double[] right = {0.729, 0.81, 0.9, 1};
    for (int s = 0; s < right.length; s++) {
      assertThat((double) q[s * 2 + 1]).as("state %d", s).isCloseTo(right[s], within(0.03));
    }
  }

  /** The log jumps to the end, which its masks forbid, and shows little of the way there. */
  @Test
  void keepsToTheMasks() {
    TabularMdp world = Course.Chain.WORLD;
    boolean[] masks = new boolean[world.states() * 3];
    for (int i = 0; i < masks.length; i++) {
      masks[i] = i % 3 < 2;
    }
    Config config = new Config(1, 0.1, 0.2, 0.97, 150, 20, 0.005, 0.02, 0.05);
    Iterations agent = new Iterations(config, new Course.Chain().log(), DISCOUNT);
    for (int i = 0; i < 15; i++) {
      agent.iterate(world.log(agent.tabular(masks), 20, 20, i));
    }
    assertThat(world.value(agent.tabular(masks), DISCOUNT))
        .isGreaterThan(0.97 * world.value(world.optimal(DISCOUNT), DISCOUNT));
  }

  /**
   * Aimless episodes reach the end of this chain about once in two hundred times; a clumsy expert's
   * log knows the way.
   */
  @Test
  void logShowsTheWayThatFreshEpisodesAloneDoNotFind() {
    assertThat(valueOfLongChain(1)).isGreaterThan(0.95);
    assertThat(valueOfLongChain(0)).isLessThan(0.5);
  }

  /** The share of what can be had. */
  private static double valueOfLongChain(double logWeight) {
    TabularMdp world = ChainMdp.deterministic(8);
    TabularPolicy best = world.optimal(DISCOUNT);
    TransitionColumns log = world.log(best.mixedWith(TabularPolicy.uniform(world), 0.3), 60, 10, 3);
    Config config = new Config(logWeight, 0.01, 0.5, 0.97, 200, 20, 0.005, 0.02, 0.05);
    Iterations agent = new Iterations(config, log, DISCOUNT);
    for (int i = 0; i < 12; i++) {
      agent.iterate(world.log(agent.tabular(NO_MASKS), 4, 10, i));
    }
    return world.value(agent.tabular(NO_MASKS), DISCOUNT) / world.value(best, DISCOUNT);
  }

  /** Through the critic alone, which learned from the log what actions of the policy are worth. */
  @Test
  void logAloneShowsTheBestActionOfTheContinuousBandit() {
    ContinuousBandit bandit = ContinuousBandit.DEFAULT;
    Config config = new Config(1, 0.1, 0.2, 0.97, 100, 20, 0.005, 0.01, 0.05);
    TransitionColumns log = bandit.log(LinearPolicy.uniform(bandit.actionSpace(), 1), 500, 3);
    Iterations agent = new Iterations(config, log, 1);
    for (int i = 0; i < 30; i++) {
      agent.iterate();
    }
    assertThat((double) actor(agent.policy()).act(1, new float[] {1})[0])
        .isCloseTo(0.5, within(0.1));
  }

  @Test
  void findsTheBestActionOfTheContinuousBandit() {
    ContinuousBandit bandit = ContinuousBandit.DEFAULT;
    Config config = new Config(1, 0.1, 0.2, 0.97, 100, 20, 0.005, 0.01, 0.05);
    Iterations agent =
        new Iterations(
            config, bandit.log(LinearPolicy.uniform(bandit.actionSpace(), 1), 200, 3), 1);
    for (int i = 0; i < 20; i++) {
      agent.iterate(lived(bandit, agent.policy(), 100, i));
    }
    assertThat((double) actor(agent.policy()).act(1, new float[] {1})[0])
        .isCloseTo(0.5, within(0.08));
  }

  @Test
  void bringsThePointToTheMiddle() {
    PointMass world = new PointMass(1, 10);
    Config config = new Config(1, 0.1, 0.2, 0.97, 200, 20, 0.003, 0.01, 0.05);
    Iterations agent = new Iterations(config, world.log(world.clumsy(), 50, 3), DISCOUNT);
    for (int i = 0; i < 20; i++) {
      agent.iterate(lived(world, agent.policy(), 30, i));
    }
    double least = world.meanReturn(world.clumsy(), 200, DISCOUNT, 5);
    double best = world.meanReturn(world.optimal(DISCOUNT), 200, DISCOUNT, 5);
    double found = world.meanReturn(actor(agent.policy()), 200, DISCOUNT, 5);
    assertThat((found - least) / (best - least)).isGreaterThan(0.9);
  }

  /** Interrupted among the critic's updates, and among the policy's. */
  @Test
  void interruptedIterationEndsAsItWouldHave() {
    PointMass world = new PointMass(1, 5);
    TransitionColumns log = world.log(world.clumsy(), 20, 3);
    Config config = new Config(1, 0.1, 1, 0.97, 10, 10, 0.005, 0.01, 0.05);
    Iterations whole = new Iterations(config, log, DISCOUNT);
    TransitionColumns fresh = lived(world, whole.policy(), 10, 1);
    whole.iterate(fresh);
    for (int after : new int[] {4, 15}) {
      Iterations interrupted = new Iterations(config, log, DISCOUNT);
      interrupted.iterateInterrupted(fresh, after);
      float[] at = {-1, -0.5f, 0, 0.5f, 1};
      assertThat(actor(interrupted.policy()).act(5, at))
          .containsExactly(actor(whole.policy()).act(5, at));
    }
  }

  @Test
  void refusesEpisodesOfAnotherVersionOfThePolicy() {
    assertThatThrownBy(
            () -> moved(Config.DEFAULT, Optional.of(new Experience.Fresh(0, 3)), new float[3]))
        .isInstanceOf(TrainingStopped.class)
        .hasMessageContaining("lived by version 3 of the policy, which stands at version 0")
        .hasMessageContaining("those of other versions belong to the log");
    Config config = new Config(1, 1, 10, 1, 1, 1, 1e-3, 0.01, 1);
    assertThatThrownBy(
            () -> moved(config, Optional.of(new Experience.Fresh(0, 0)), new float[3], 3))
        .hasMessageContaining("lived by version 0 of the policy, which stands at version 1");
  }

  @Test
  void needsFreshEpisodesAndSoIsNotAmongThoseForDatasets() {
    assertThat(Algorithms.named("hybrid-policy-gradient")).isEmpty();
    assertThat(Algorithms.streamed())
        .extracting(Algorithms.Entry::name)
        .containsExactly("hybrid-policy-gradient");
  }

  private static double[] moved(
      Config config, Optional<Experience.Fresh> fresh, float[] actionValues) {
    return moved(config, fresh, actionValues, config.updates());
  }

  /**
   * Where one state's policy (0.2, 0.5, 0.3) gets to, given a critic of these values and ten steps
   * in those shares that paid 1, 0 and -1.
   */
  private static double[] moved(
      Config config, Optional<Experience.Fresh> fresh, float[] actionValues, int updates) {
    TabularMdp.Builder builder = new TabularMdp.Builder(2, 3).initial(0, 1).terminal(1);
    for (int a = 0; a < 3; a++) {
      builder.transition(0, a, 1, 1, 0);
    }
    TabularMdp world = builder.build();
    TransitionColumns.Builder log =
        new TransitionColumns.Builder(world.observationSpace(), world.actionSpace(), false, false);
    int[] chosen = {0, 0, 1, 1, 1, 1, 1, 2, 2, 2};
    for (int i = 0; i < chosen.length; i++) {
      log.beginEpisode("episode " + i)
          .addStep(new float[0], new int[] {1}, new boolean[0], chosen[i], 1 - chosen[i], 1)
          .endEpisode(true);
    }
    Experience experience =
        new Experience(log.build(), DISCOUNT, Experience.RewardScale.NONE, fresh);
    float[] logits = new float[3];
    Iterations.with(
        experience,
        Normalizer.fit(experience.data()),
        config,
        learner -> {
          Network policy = learner.networks().get("policy");
          constant(policy, (float) Math.log(0.2), (float) Math.log(0.5), (float) Math.log(0.3));
          constant(learner.networks().get("critic_1"), actionValues);
          for (int i = 0; i < updates; i++) {
            int[] rows = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
            learner.update(new MiniBatch(experience, rows, i, 0, i));
          }
          float[] parameters = policy.parameters();
          System.arraycopy(parameters, parameters.length - 3, logits, 0, 3);
        });
    return MaskedSoftmax.of(logits, 3, NO_MASKS);
  }

  /** Makes the outputs of a network these numbers, whatever it is shown. */
  private static void constant(Network network, float... outputs) {
    float[] parameters = new float[network.parameters().length];
    System.arraycopy(outputs, 0, parameters, parameters.length - outputs.length, outputs.length);
    network.parameters(parameters);
  }

  private static double greatestError(Iterations agent, double[] exact) {
    float[] q = agent.actionValues();
    double greatest = 0;
    for (int i = 0; i < 2 * 4; i++) {
      greatest = Math.max(greatest, Math.abs(q[i] - exact[i]));
    }
    return greatest;
  }

  /** The chain, where every step costs 1 and the end pays nothing. */
  private static TabularMdp costly() {
    TabularMdp.Builder builder = new TabularMdp.Builder(5, 2).initial(0, 1).terminal(4);
    for (int s = 0; s < 4; s++) {
      builder.transition(s, 0, Math.max(0, s - 1), 1, -1).transition(s, 1, s + 1, 1, -1);
    }
    return builder.build();
  }

  /** Episodes of a policy with all its chance. */
  private static TransitionColumns lived(
      ContinuousWorld world, MultilayerPerceptron policy, int episodes, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    TransitionColumns.Builder log =
        new TransitionColumns.Builder(world.observationSpace(), world.actionSpace(), false, false);
    for (int e = 0; e < episodes; e++) {
      log.beginEpisode(Integer.toString(e));
      double[] state = world.start(random);
      for (int step = 0; step < world.steps(); step++) {
        float[] seen = world.observation(state);
        float[] outputs = policy.forward(Questions.numbers(1, seen));
        double u = outputs[0] + Math.exp(deviation(outputs[1])) * random.nextGaussian();
        float[] action = {(float) Math.tanh(u)};
        log.addBoxStep(seen, new int[0], action, world.reward(state, action), 1);
        state = world.next(state, action);
      }
      if (world.isTerminatedByItself()) {
        log.endEpisode(true);
      } else {
        log.endEpisodeWithFinalObservation(
            false, world.observation(state), new int[0], new boolean[0]);
      }
    }
    return log.build();
  }

  private static double deviation(double output) {
    return Math.min(2, Math.max(Math.log(0.05), output));
  }

  /** Without chance. */
  private static ContinuousWorld.BoxActor actor(MultilayerPerceptron policy) {
    return (rows, observations) -> {
      float[] outputs = policy.forward(Questions.numbers(rows, observations));
      float[] actions = new float[rows];
      for (int i = 0; i < rows; i++) {
        actions[i] = (float) Math.tanh(outputs[2 * i]);
      }
      return actions;
    };
  }
}
