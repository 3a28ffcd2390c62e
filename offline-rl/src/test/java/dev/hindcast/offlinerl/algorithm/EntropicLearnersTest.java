package dev.hindcast.offlinerl.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.world.ContinuousBandit;
import dev.hindcast.core.world.LinearPolicy;
import dev.hindcast.core.world.PointMass;
import dev.hindcast.training.learner.Experience;
import dev.hindcast.training.learner.ReturnToGo;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Soft actor-critic and its heirs. */
class EntropicLearnersTest {
  private static final Sac.Config SAC = new Sac.Config(1e-2, 0.02);

  /**
   * A uniform log covers every action, so the policy has nothing to overestimate. At a temperature
   * α the best policy is proportional to exp((1 - (a - 1/2)^2) / α): for small α a Gaussian of
   * variance α / 2, whose entropy is log(π e α) / 2.
   */
  @Test
  void sacFindsTheBestActionOfABanditAndTheEntropyOfItsTemperature() {
    Continuous.Trained trained = Continuous.train("sac", SAC, bandit(), 0.9, 1200);
    assertThat(trained.action()).isCloseTo(0.5, within(0.1));
    double temperature = trained.figure("temperature", 100);
    assertThat(temperature).isLessThan(0.2);
    assertThat(trained.figure("entropy", 100))
        .isCloseTo(Math.log(Math.PI * Math.E * temperature) / 2, within(0.25));
  }

  /** Adam's first step is as long as the learning rate. */
  @Test
  void temperatureFallsWhileEntropyIsAboveItsTargetAndRisesBelowIt() {
    Temperature above = new Temperature(0.5, -1, 0.1);
    above.step(new float[] {-0.5f, 0.5f});
    assertThat(above.value()).isCloseTo(0.5 * Math.exp(-0.1), within(1e-6));
    Temperature below = new Temperature(0.5, -1, 0.1);
    below.step(new float[] {1, 2});
    assertThat(below.value()).isCloseTo(0.5 * Math.exp(0.1), within(1e-6));
  }

  @Test
  void sacNFindsTheBestActionOfABandit() {
    SacN.Config config = new SacN.Config(3, 1e-2, 0.02);
    assertThat(Continuous.train("sac-n", config, bandit(), 0.9, 600).action())
        .isCloseTo(0.5, within(0.1));
  }

  /** Sheet "offline baselines", section 10, checks: without its weight it is SAC-N, bit by bit. */
  @Test
  void edacWithoutDiversityIsSacN() {
    TransitionColumns log = new PointMass(2, 10).log(new PointMass(2, 10).clumsy(), 50, 3);
    var edac = Continuous.train("edac", new Edac.Config(3, 0, 3e-3, 0.02), log, 0.9, 20);
    var sacN = Continuous.train("sac-n", new SacN.Config(3, 3e-3, 0.02), log, 0.9, 20);
    sacN.parameters()
        .forEach(
            (name, values) ->
                assertThat(edac.parameters().get(name)).as(name).containsExactly(values));
  }

  @Test
  void edacKeepsCriticsFromAgreeing() {
    TransitionColumns log = new PointMass(2, 10).log(new PointMass(2, 10).clumsy(), 50, 3);
    double without =
        Continuous.train("edac", new Edac.Config(3, 1e-9, 3e-3, 0.02), log, 0.9, 300)
                .figure("diversity_loss", 50)
            / 1e-9;
    double with =
        Continuous.train("edac", new Edac.Config(3, 1, 3e-3, 0.02), log, 0.9, 300)
            .figure("diversity_loss", 50);
    assertThat(with).isLessThan(without - 0.5);
  }

  /**
   * The log knows actions from -0.3 to 0.3 only, and they pay more the further right they lie.
   * Conservative critics keep the policy among them; the same critics without penalty do not.
   */
  @Test
  void cqlStaysWhereTheLogHasBeen() {
    TransitionColumns log =
        new ContinuousBandit(1).log(LinearPolicy.of(new double[1][1]).withNoise(0.3), 2000, 3);
    double free = Continuous.train("cql", cql(0), log, 0.9, 500).action();
    double conservative = Continuous.train("cql", cql(3), log, 0.9, 500).action();
    assertThat(free).isGreaterThan(0.7);
    assertThat(conservative).isBetween(-0.1, 0.5);
  }

  @Test
  void calQlStaysWhereTheLogHasBeenAndKeepsValuesAtWhatItEarned() {
    TransitionColumns log =
        new ContinuousBandit(1).log(LinearPolicy.of(new double[1][1]).withNoise(0.3), 2000, 3);
    Continuous.Trained trained =
        Continuous.train("cal-ql", new CalQl.Config(3, 0, 4, 1e-2, 1e-2, 0.02), log, 0.9, 500);
    assertThat(trained.action()).isBetween(-0.1, 0.5);
    assertThat(trained.figure("bound_rate", 100)).isBetween(0.1, 0.9);
    // What uniform actions of variance 0.03 earn on average where 1 is best: 1 - 1 - 0.03.
    assertThat(trained.figure("reference", 400)).isCloseTo(-0.03, within(0.01));
  }

  /** From e, down where the gap is narrower than it may be, up where it is wider. */
  @Test
  void learnedMultiplierFollowsTheGap() {
    TransitionColumns log =
        new ContinuousBandit(1).log(LinearPolicy.of(new double[1][1]).withNoise(0.3), 2000, 3);
    Cql.Config free = new Cql.Config(0.1, 20, 4, 1e-2, 1e-2, 0.02);
    Cql.Config held = new Cql.Config(1, 0.1, 4, 1e-2, 1e-2, 0.02);
    CalQl.Config calibrated = new CalQl.Config(1, 0.1, 4, 1e-2, 1e-2, 0.02);
    Continuous.Trained freed = Continuous.train("cql", free, log, 0.9, 800);
    assertThat(freed.figure("conservative_multiplier", 50)).isLessThan(0.5);
    Continuous.Trained kept = Continuous.train("cql", held, log, 0.9, 500);
    assertThat(kept.figure("conservative_multiplier", 50)).isGreaterThan(100);
    assertThat(kept.action()).isBetween(-0.2, 0.5);
    Continuous.Trained calm = Continuous.train("cal-ql", calibrated, log, 0.9, 500);
    assertThat(calm.figure("conservative_multiplier", 50)).isGreaterThan(100);
  }

  /** Sheet "offline baselines", section 8.1: begins at e, first steps of Adam, stays below 1e6. */
  @Test
  void multiplierRisesWhileTheGapIsTooWide() {
    ConservativeWeight weight = new ConservativeWeight(5, 0.8, 0.1);
    assertThat(weight.value()).isCloseTo(5 * Math.E, within(1e-5));
    weight.follow(2);
    assertThat(weight.multiplier()).isCloseTo(Math.exp(1.1), within(1e-5));
    ConservativeWeight narrow = new ConservativeWeight(5, 0.8, 0.1);
    narrow.follow(0.5);
    assertThat(narrow.multiplier()).isCloseTo(Math.exp(0.9), within(1e-5));
    ConservativeWeight hopeless = new ConservativeWeight(5, 0.8, 20);
    hopeless.follow(2);
    assertThat(hopeless.multiplier()).isCloseTo(1e6, within(1.0));
    ConservativeWeight fixed = new ConservativeWeight(5, 0, 0.1);
    fixed.follow(2);
    assertThat(fixed.value()).isEqualTo(5);
    assertThat(fixed.parameters()).isEmpty();
  }

  /** One state that always pays 1 and is followed by itself: worth 1 if it ends there, else 10. */
  @Test
  void terminatedStepDoesNotBootstrapAndTruncatedStepDoes() {
    Cql.Config cql = new Cql.Config(0, 0, 2, 1e-2, 1e-2, 0.1);
    assertThat(Continuous.train("cql", cql, ones(true), 0.9, 600).figure("q_mean", 50))
        .isCloseTo(1, within(0.05));
    assertThat(Continuous.train("cql", cql, ones(false), 0.9, 600).figure("q_mean", 50))
        .isCloseTo(10, within(0.5));
  }

  /** Rewards 1, 2, 4 at a discount of one half, on twice their scale. */
  @Test
  void returnToGoAddsWhatFollowedATruncatedEpisode() {
    ReturnToGo.Values worth =
        ends -> {
          float[] values = new float[ends.length];
          for (int i = 0; i < values.length; i++) {
            values[i] = 100 + ends[i];
          }
          return values;
        };
    int[] steps = {0, 1, 2};
    assertThat(returnToGo(e -> e.endEpisode(true)).of(steps, worth))
        .containsExactly(6, 8, 8); // 2 + (4 + 8 / 2) / 2
    // The final observation is row 3: 103 after half a step each.
    assertThat(
            returnToGo(
                    e ->
                        e.endEpisodeWithFinalObservation(
                            false, new float[] {1}, new int[0], new boolean[0]))
                .of(steps, worth))
        .containsExactly(6 + 103 / 8f, 8 + 103 / 4f, 8 + 103 / 2f);
    // Not known: the last step's own observation, row 2, without that step's reward.
    assertThat(returnToGo(e -> e.endEpisode(false)).of(steps, worth))
        .containsExactly(4 + 102 / 4f, 4 + 102 / 2f, 102);
  }

  @Test
  void configsRefuseWhatIsOutOfRange() {
    assertThatThrownBy(() -> new Sac.Config(0, 0.005)).hasMessageContaining("learning-rate is 0");
    assertThatThrownBy(() -> new SacN.Config(1, 1e-3, 0.005))
        .hasMessage("critics is 1, but must be at least 2.");
    assertThatThrownBy(() -> cql(-1)).hasMessageContaining("conservative-weight is -1");
  }

  private static Cql.Config cql(double weight) {
    return new Cql.Config(weight, 0, 4, 1e-2, 1e-2, 0.02);
  }

  private static ReturnToGo returnToGo(
      Function<TransitionColumns.Builder, TransitionColumns.Builder> end) {
    var builder = builder().beginEpisode("e");
    for (double reward : new double[] {1, 2, 4}) {
      builder.addBoxStep(new float[] {1}, new int[0], new float[1], reward, 1);
    }
    return new ReturnToGo(
        new Experience(end.apply(builder).build(), 0.5, new Experience.RewardScale(2, 0)));
  }

  private static TransitionColumns ones(boolean terminated) {
    var builder = builder();
    for (int i = 0; i <= 40; i++) {
      builder
          .beginEpisode("e" + i)
          .addBoxStep(new float[] {1}, new int[0], new float[] {i / 20f - 1}, 1, 1)
          .endEpisodeWithFinalObservation(terminated, new float[] {1}, new int[0], new boolean[0]);
    }
    return builder.build();
  }

  private static TransitionColumns.Builder builder() {
    return new TransitionColumns.Builder(
        ObservationSpace.ofNumbers(1),
        new ActionSpace.Box(List.of(-1f), List.of(1f)),
        false,
        false);
  }

  static TransitionColumns bandit() {
    ContinuousBandit world = ContinuousBandit.DEFAULT;
    return world.log(LinearPolicy.uniform(world.actionSpace(), 1), 2000, 3);
  }
}
