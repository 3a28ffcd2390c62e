package dev.hindcast.gbrl.algorithm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.policy.Policy;
import dev.hindcast.core.world.CartPole;
import dev.hindcast.core.world.DiscreteWorld;
import dev.hindcast.core.world.Rollouts;
import dev.hindcast.gbrl.product.TreeFunctions;
import dev.hindcast.gbrl.product.TreeProduct;
import dev.hindcast.gbrl.tree.Growth;
import dev.hindcast.training.learner.Experience;
import dev.hindcast.training.learner.LearnerState;
import dev.hindcast.training.learner.Losses;
import dev.hindcast.training.sampling.Draws;
import dev.hindcast.training.sampling.Sampler;
import dev.hindcast.training.sampling.Uses;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GradientBoostedPpoTest {
  private static final Growth GROWTH =
      new Growth(0.15, 4, 0, 0, 0, 0, 0, 64, 1, 1, 4, 64, List.of(), List.of(), List.of());
  private static final GradientBoostedPpo.Config CONFIG =
      new GradientBoostedPpo.Config(
          0.1, 0.9, 0.2, 0, 4, 4, 0.03, 0.5, 0.01, GROWTH, 3000, 300, 4096);

  @Test
  void poleStaysUpLongerAfterTwentyFiveThousandSteps() {
    Iterations iterations = new Iterations(CONFIG);
    assertThat(iterations.meanReturn()).as("at random").isLessThan(40);
    for (int i = 0; i < 25; i++) {
      iterations.iterate();
    }
    assertThat(iterations.meanReturn()).isGreaterThan(200);
  }

  @Test
  void iterationStopsWhereThePolicyHasStrayedTooFar() {
    Iterations iterations =
        new Iterations(
            new GradientBoostedPpo.Config(
                0.1, 0.9, 0.2, 0, 8, 2, 1e-5, 0.5, 0.01, GROWTH, 3000, 300, 4096));
    iterations.iterate();
    assertThat(iterations.policyRounds()).as("two parts of one epoch").isEqualTo(2);
    assertThat(iterations.last.values().get("divergence")).isGreaterThan(1e-5);
    iterations.iterate();
    assertThat(iterations.policyRounds()).as("the next iteration goes on").isEqualTo(4);
  }

  /**
   * The smaller ensemble is compared on observations that it was not fitted on; what it earns, on
   * the same starts.
   */
  @Test
  void largeEnsemblesBecomeSmallerAndEarnWhatTheyDid() {
    Iterations iterations = new Iterations(bounded(0.08, 300, 150));
    for (int i = 0; i < 19; i++) {
      iterations.iterate();
    }
    assertThat(iterations.policyRounds()).isEqualTo(304);
    double[] before = iterations.returns();
    iterations.iterateInterrupted(1);
    assertThat(iterations.first.values().get("distilled_divergence")).isBetween(1e-9, 0.05);
    assertThat(iterations.first.values().get("distilled_error")).isBetween(1e-9, 0.2);
    double[] after = iterations.returns();
    assertThat(mean(after)).isGreaterThan(mean(before) - standardError(before));
    assertThat(mean(before)).as("it has learned something").isGreaterThan(150);
  }

  private static double mean(double[] numbers) {
    return Arrays.stream(numbers).average().orElseThrow();
  }

  private static double standardError(double[] numbers) {
    double mean = mean(numbers);
    double squares = Arrays.stream(numbers).map(one -> (one - mean) * (one - mean)).sum();
    return Math.sqrt(squares / (numbers.length - 1) / numbers.length);
  }

  @Test
  void ensembleThatCannotBecomeSmallerStaysAsItIs() {
    Iterations iterations = new Iterations(bounded(1, 20, 1));
    iterations.iterate();
    iterations.iterate();
    iterations.iterate();
    assertThat(iterations.first.values().get("distilled_divergence")).isGreaterThan(0.05);
    assertThat(iterations.policyRounds()).isEqualTo(3 * 16);
  }

  private static GradientBoostedPpo.Config bounded(double rate, int most, int distilled) {
    return new GradientBoostedPpo.Config(
        0.1, 0.9, 0.2, 0, 4, 4, 1, 0.5, 0.01, GROWTH.withRate(rate), most, distilled, 16_384);
  }

  @Test
  void interruptedIterationGoesOnAsIfItHadNotBeen() {
    Iterations whole = new Iterations(CONFIG);
    Iterations broken = new Iterations(CONFIG);
    whole.iterate();
    broken.iterateInterrupted(7);
    assertThat(broken.state.opaque().keySet()).isEqualTo(whole.state.opaque().keySet());
    whole
        .state
        .opaque()
        .forEach(
            (name, bytes) ->
                assertThat(broken.state.opaque().get(name)).as(name).containsExactly(bytes));
  }

  /** A policy that learns while it lives; each iteration has a learner of 1,024 fresh steps. */
  private static final class Iterations {
    private static final double DISCOUNT = 0.98;

    private final GradientBoostedPpo.Config config;
    private final CartPole world = new CartPole();
    private final Rollouts<double[]> rollouts = new Rollouts<>(world, 8, 1);
    private int version;
    private LearnerState state;
    private TreeProduct product;
    private Losses first;
    private Losses last;

    Iterations(GradientBoostedPpo.Config config) {
      this.config = config;
      with(
          world.log(world.behaviors(), 1, 1),
          (learner, sampler) -> {
            state = learner.state();
            product = learner.product();
          });
    }

    void iterate() {
      iterateInterrupted(config.rounds());
    }

    void iterateInterrupted(int after) {
      TransitionColumns fresh = rollouts.next(policy(), 128).steps();
      version++;
      for (int[] span : new int[][] {{0, after}, {after, config.rounds()}}) {
        with(
            fresh,
            (learner, sampler) -> {
              learner.restore(state);
              for (int i = span[0]; i < span[1]; i++) {
                last = learner.update(sampler.sample(i, config.rounds(), 1));
                first = i == 0 ? last : first;
              }
              state = learner.state();
              product = learner.product();
            });
      }
    }

    private interface Use {
      void of(GradientBoostedPpo learner, Sampler sampler);
    }

    private void with(TransitionColumns fresh, Use use) {
      Experience experience =
          new Experience(
              fresh,
              DISCOUNT,
              Experience.RewardScale.NONE,
              Optional.of(new Experience.Fresh(0, version)));
      try (Observations observations = new Observations(experience);
          GradientBoostedPpo learner =
              new GradientBoostedPpo(
                  new Setting(experience, observations, 1, DISCOUNT, 1, Optional.empty()),
                  config)) {
        use.of(
            learner,
            Draws.ALL.sampler(
                experience, Uses.STEPS_WITH_NEXT_OBSERVATION, learner.steps(), 0.5, 1));
      }
    }

    Policy policy() {
      return TreeFunctions.policy(product, world.observationSpace(), world.actionSpace(), false);
    }

    int policyRounds() {
      return product.ensembles().get("policy").forest().trees() / 2;
    }

    double meanReturn() {
      return mean(world.returns(policy(), DiscreteWorld.Acting.DRAWN, 20, 1, 9));
    }

    double[] returns() {
      return world.returns(policy(), DiscreteWorld.Acting.DRAWN, 200, 1, 9);
    }
  }
}
