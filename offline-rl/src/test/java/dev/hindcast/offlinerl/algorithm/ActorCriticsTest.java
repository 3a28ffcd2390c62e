package dev.hindcast.offlinerl.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.loss.GuidedCloning;
import dev.hindcast.core.world.ContinuousBandit;
import dev.hindcast.core.world.LinearPolicy;
import dev.hindcast.core.world.PointMass;
import dev.hindcast.training.learner.Losses;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ActorCriticsTest {
  private static final Td3Bc.Config TD3_BC = new Td3Bc.Config(2.5, 0.2, 0.5, 2, 3e-3, 0.02);
  private static final A2pr.Config A2PR = a2pr(2.5, 1, 1, 1e-3);

  /**
   * One state, reward {@code 1 - (a - 1/2)^2}, uniform actions of mean 0: with the exact Q the
   * least of the loss lies at 0.36; the noise on target actions plays no part.
   */
  @Test
  void td3BcComesBetweenTheBestActionAndTheMeanOfTheLog() {
    double action = Continuous.train("td3-bc", TD3_BC, bandit(), 0.9, 1500).action();
    // The least of -2.5 (1 - (a - 1/2)^2) / (1 - (a - 1/2)^2) + a^2: λ stands still, so
    // 5 (a - 1/2) / q + 2 a = 0 at q = 1 - (a - 1/2)^2.
    assertThat(action).isCloseTo(0.36, within(0.12));
  }

  /** Sheet "offline baselines", section 4, checks: the mean of a uniform log. */
  @Test
  void td3BcWithoutValueClones() {
    TransitionColumns log = bandit();
    double action =
        Continuous.train("td3-bc", new Td3Bc.Config(0, 0.2, 0.5, 2, 3e-3, 0.02), log, 0.9, 1000)
            .action();
    assertThat(action).isCloseTo(mean(log), within(0.08));
  }

  @Test
  void td3BcFollowsTheValueTheMoreItWeighs() {
    Td3Bc.Config bold = new Td3Bc.Config(40, 0.2, 0.5, 2, 3e-3, 0.02);
    assertThat(Continuous.train("td3-bc", bold, bandit(), 0.9, 1500).action())
        .isCloseTo(0.5, within(0.12));
  }

  @Test
  void td3BcImprovesOnAClumsyPolicy() {
    assertImproves("td3-bc", new Td3Bc.Config(10, 0.2, 0.5, 2, 1e-3, 0.02), 3000, 0.8);
  }

  /** One state that always pays 1 and is followed by itself: worth 1 if it ends there, else 10. */
  @Test
  void terminatedStepDoesNotBootstrapAndTruncatedStepDoes() {
    assertThat(valueOfOneStep("td3-bc", new Td3Bc.Config(2.5, 0.2, 0.5, 2, 3e-3, 0.1), true))
        .isCloseTo(1, within(0.05));
    assertThat(valueOfOneStep("td3-bc", new Td3Bc.Config(2.5, 0.2, 0.5, 2, 3e-3, 0.1), false))
        .isCloseTo(10, within(0.5));
    assertThat(valueOfOneStep("a2pr", a2pr(2.5, 1, 1, 3e-3, 0.1), true)).isCloseTo(1, within(0.05));
    assertThat(valueOfOneStep("a2pr", a2pr(2.5, 1, 1, 3e-3, 0.1), false))
        .isCloseTo(10, within(0.5));
  }

  /** Sheet "A2PR", section (i): uniform actions, V = 0.41667, the best action 0.5 ± 0.15. */
  @Test
  void a2prFindsTheBestActionOfABanditAndItsMeanValue() {
    Continuous.Trained trained = Continuous.train("a2pr", A2PR, bandit(), 0.9, 2000);
    assertThat(trained.action()).isCloseTo(0.5, within(0.15));
    assertThat(trained.figure("value", 200)).isCloseTo(0.41667, within(0.06));
    // Logged actions from -0.2638 to 1 have an advantage.
    assertThat(trained.figure("behavior_gate", 200)).isCloseTo(1.2638 / 2, within(0.08));
  }

  @Test
  void a2prImprovesOnAClumsyPolicy() {
    assertImproves("a2pr", a2pr(10, 1, 1, 1e-3), 2000, 0.8);
  }

  /** Sheet "A2PR", section (h) 2: row by row the gate of cloning is open where the other is. */
  @Test
  void cloningGateIsNoLessOpenThanThatOfTheBehaviorModel() {
    for (Losses losses : Continuous.train("a2pr", A2PR, bandit(), 0.9, 40).figures()) {
      if (losses.values().containsKey("cloning_gate")) {
        assertThat(losses.values().get("cloning_gate"))
            .isGreaterThanOrEqualTo(losses.values().get("behavior_gate"));
      }
    }
  }

  /** Sheet "A2PR", section (i): without cloning, the behavior model moves nothing else by a bit. */
  @Test
  void a2prWithoutCloningIsTheSameHoweverTheBehaviorModelLearns() {
    var one = Continuous.train("a2pr", a2pr(2.5, 0, 1, 1e-3), pointMass(), 0.9, 30);
    var other = Continuous.train("a2pr", a2pr(2.5, 0, 1.5, 1e-2), pointMass(), 0.9, 30);
    for (String name : one.parameters().keySet()) {
      boolean behavior = name.equals("encoder") || name.equals("decoder");
      assertThat(Arrays.equals(one.parameters().get(name), other.parameters().get(name)))
          .as(name)
          .isEqualTo(!behavior);
    }
  }

  /**
   * Sheet "A2PR", section (i): gate open, logged action chosen, same networks: TD3+BC, bit by bit.
   */
  @Test
  void a2prThatAlwaysClonesTheLogIsTd3Bc() {
    A2pr.Guide logged =
        (qCandidate, qLogged, value) -> {
          float[] open = new float[value.length];
          Arrays.fill(open, 1);
          return new GuidedCloning(new boolean[value.length], open);
        };
    var a2pr = Continuous.train(s -> new A2pr(s, A2PR, logged), pointMass(), 0.9, 30);
    var td3Bc = Continuous.train("td3-bc", TD3_BC, pointMass(), 0.9, 30);
    td3Bc
        .parameters()
        .forEach(
            (name, values) ->
                assertThat(a2pr.parameters().get(name)).as(name).containsExactly(values));
  }

  /** Sheet "A2PR", section (i): no gradient at all reaches the decoder. */
  @Test
  void decoderStandsStillWithoutReconstruction() {
    var before = Continuous.train("a2pr", a2pr(2.5, 1, 0, 1e-3), bandit(), 0.9, 1);
    var after = Continuous.train("a2pr", a2pr(2.5, 1, 0, 1e-3), bandit(), 0.9, 30);
    assertThat(after.parameters().get("decoder"))
        .containsExactly(before.parameters().get("decoder"));
    assertThat(after.parameters().get("encoder")).isNotEqualTo(before.parameters().get("encoder"));
  }

  @Test
  void detachedCandidateChangesThePolicy() {
    A2pr.Config detached =
        new A2pr.Config(2.5, 1, 1, A2pr.Candidate.DETACHED, 32, 0.2, 0.5, 2, 3e-3, 1e-3, 0.02);
    assertThat(Continuous.train("a2pr", detached, bandit(), 0.9, 30).parameters().get("policy"))
        .isNotEqualTo(Continuous.train("a2pr", A2PR, bandit(), 0.9, 30).parameters().get("policy"));
  }

  /** Sheet "offline baselines", section 9, checks: 1 + 0.99 (10 - 0.5 |(0.3, -0.4)|^2). */
  @Test
  void rebracTargetsPayForTheDistance() {
    double next = Rebrac.penalized(new float[] {10}, new float[] {0.25f}, 0.5)[0];
    assertThat(1 + 0.99 * next).isCloseTo(10.77625, within(1e-5));
  }

  @Test
  void rebracImprovesOnAClumsyPolicy() {
    assertImproves("rebrac", new Rebrac.Config(0.01, 0.01, 0.2, 0.5, 2, 1e-3, 0.02), 2000, 0.8);
  }

  @Test
  void rebracClonesAsMuchAsItIsTold() {
    TransitionColumns log = bandit();
    double cloned =
        Continuous.train("rebrac", new Rebrac.Config(20, 0, 0.2, 0.5, 2, 3e-3, 0.02), log, 0.9, 600)
            .action();
    assertThat(cloned).isCloseTo(mean(log), within(0.08));
  }

  /**
   * The log stands still at first and then always jumps to 0.5, where target actions begin near 0:
   * their squared distance to the logged next action is near 0.25 plus the noise's variance, and
   * nothing where no action follows.
   */
  @Test
  void rebracMeasuresTheDistanceToTheNextLoggedAction() {
    var builder =
        new TransitionColumns.Builder(
            ObservationSpace.ofNumbers(1),
            new ActionSpace.Box(List.of(-1f), List.of(1f)),
            false,
            false);
    builder
        .beginEpisode("e")
        .addBoxStep(new float[] {1}, new int[0], new float[] {0}, 1, 1)
        .addBoxStep(new float[] {1}, new int[0], new float[] {0.5f}, 1, 1)
        .endEpisode(true);
    Rebrac.Config still = new Rebrac.Config(1, 1, 0.1, 0.5, 2, 1e-6, 0.02);
    assertThat(
            Continuous.train("rebrac", still, builder.build(), 0.9, 100)
                .figure("target_distance", 100))
        .isCloseTo((0.25 + 0.01) / 2, within(0.015)); // the other step ends the episode
  }

  @Test
  void configsRefuseWhatIsOutOfRange() {
    assertThatThrownBy(() -> new Td3Bc.Config(-1, 0.2, 0.5, 2, 1e-3, 0.005))
        .hasMessageContaining("value-weight is -1");
    assertThatThrownBy(() -> new Td3Bc.Config(2.5, 0.2, 0.5, 0, 1e-3, 0.005))
        .hasMessageContaining("policy-delay is 0");
    assertThatThrownBy(() -> a2pr(2.5, -0.5, 1, 1e-3))
        .hasMessageContaining("cloning-weight is -0.5");
  }

  private static A2pr.Config a2pr(
      double valueWeight, double cloningWeight, double reconstructionWeight, double vaeRate) {
    return new A2pr.Config(
        valueWeight,
        cloningWeight,
        reconstructionWeight,
        A2pr.Candidate.ATTACHED,
        32,
        0.2,
        0.5,
        2,
        3e-3,
        vaeRate,
        0.02);
  }

  private static A2pr.Config a2pr(
      double valueWeight,
      double cloningWeight,
      double reconstructionWeight,
      double rate,
      double polyak) {
    return new A2pr.Config(
        valueWeight,
        cloningWeight,
        reconstructionWeight,
        A2pr.Candidate.ATTACHED,
        32,
        0.2,
        0.5,
        2,
        rate,
        1e-3,
        polyak);
  }

  private static TransitionColumns bandit() {
    ContinuousBandit world = ContinuousBandit.DEFAULT;
    return world.log(LinearPolicy.uniform(world.actionSpace(), 1), 2000, 3);
  }

  private static TransitionColumns pointMass() {
    PointMass world = new PointMass(2, 10);
    return world.log(world.clumsy(), 50, 3);
  }

  private static double mean(TransitionColumns log) {
    double sum = 0;
    for (float action : log.actionVectors()) {
      sum += action;
    }
    return sum / log.rows();
  }

  /** Earns a share of what lies between the clumsy policy that was logged and the best one. */
  private static void assertImproves(String algorithm, Record config, int updates, double share) {
    PointMass world = new PointMass(2, 20);
    TransitionColumns log = world.log(world.clumsy(), 200, 3);
    double found =
        world.meanReturn(
            Continuous.train(algorithm, config, log, 0.9, updates).actor(), 500, 0.9, 7);
    double best = world.meanReturn(world.optimal(0.9), 500, 0.9, 7);
    double logged = world.meanReturn(world.clumsy(), 500, 0.9, 7);
    double earned = (found - logged) / (best - logged);
    assertThat(earned)
        .as("%s: %s of %s to %s", algorithm, found, logged, best)
        .isGreaterThan(share);
  }

  private static double valueOfOneStep(String algorithm, Record config, boolean terminated) {
    var builder =
        new TransitionColumns.Builder(
            ObservationSpace.ofNumbers(1),
            new ActionSpace.Box(List.of(-1f), List.of(1f)),
            false,
            false);
    for (int i = 0; i <= 40; i++) {
      builder
          .beginEpisode("e" + i)
          .addBoxStep(new float[] {1}, new int[0], new float[] {i / 20f - 1}, 1, 1)
          .endEpisodeWithFinalObservation(terminated, new float[] {1}, new int[0], new boolean[0]);
    }
    return Continuous.train(algorithm, config, builder.build(), 0.9, 1000).figure("q_mean", 50);
  }
}
