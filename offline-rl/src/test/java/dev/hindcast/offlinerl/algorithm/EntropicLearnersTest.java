package dev.hindcast.offlinerl.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.world.ContinuousBandit;
import dev.hindcast.core.world.LinearPolicy;
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
  void configsRefuseWhatIsOutOfRange() {
    assertThatThrownBy(() -> new Sac.Config(0, 0.005)).hasMessageContaining("learning-rate is 0");
  }

  static TransitionColumns bandit() {
    ContinuousBandit world = ContinuousBandit.DEFAULT;
    return world.log(LinearPolicy.uniform(world.actionSpace(), 1), 2000, 3);
  }
}
