package dev.hindcast.offlinerl.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.world.ContinuousBandit;
import dev.hindcast.core.world.LinearPolicy;
import dev.hindcast.core.world.PointMass;
import org.junit.jupiter.api.Test;

class ResidualTest {
  /** Actions around 0.2; the best is 0.5. */
  private static final TransitionColumns BANDIT =
      ContinuousBandit.DEFAULT.log(
          LinearPolicy.of(new double[][] {{0}}).withOffset(0.2).withNoise(0.6), 1500, 3);

  /** Sheet "hybrid and online", section 15, check 6: bit for bit. */
  @Test
  void trainingBeginsWithTheBaseItself() {
    Continuous.Trained trained = Continuous.train("residual", config(300, 0.1), BANDIT, 1, 300);
    assertThat(trained.action()).isCloseTo(0.2, within(0.06));
    float[] base = {0.3f, -0.7f};
    assertThat(Residual.executed(base, new float[2], 0.2)).containsExactly(base);
    float[] last = trained.parameters().get("policy");
    assertThat(last[last.length - 1]).isZero();
    assertThat(trained.parameters().get("target_policy")).containsExactly(last);
  }

  /** Check 6. */
  @Test
  void executedActionsStayInTheBox() {
    assertThat(Residual.executed(new float[] {0.95f}, new float[] {20}, 0.2)).containsExactly(1f);
    assertThat(Residual.executed(new float[] {-0.95f}, new float[] {-20}, 0.2))
        .containsExactly(-1f);
  }

  @Test
  void correctionReachesTheBestActionOrAsFarAsItMay() {
    Continuous.Trained wide = Continuous.train("residual", config(300, 0.6), BANDIT, 1, 1500);
    assertThat(wide.action()).isCloseTo(0.5, within(0.08));
    Continuous.Trained narrow = Continuous.train("residual", config(300, 0.1), BANDIT, 1, 1500);
    double base = Continuous.train("residual", config(300, 0.1), BANDIT, 1, 300).action();
    assertThat(narrow.action()).isBetween(base + 0.06, base + 0.1001);
    assertThat(narrow.figure("correction", 100)).isBetween(0.06, 0.1001);
  }

  @Test
  void improvesOnTheCloneOfAClumsyPolicy() {
    PointMass world = new PointMass(1, 10);
    TransitionColumns log = world.log(world.clumsy(), 300, 3);
    double base = value(world, Continuous.train("residual", config(400, 0.5), log, 0.9, 400));
    double found = value(world, Continuous.train("residual", config(400, 0.5), log, 0.9, 2000));
    double best = world.meanReturn(world.optimal(0.9), 200, 0.9, 7);
    assertThat(found).isGreaterThan(base + 0.5 * (best - base));
  }

  @Test
  void configRefusesWhatIsOutOfRange() {
    assertThatThrownBy(() -> new Residual.Config(0, 0.1, 2, 1, 1, 1, 1))
        .hasMessageContaining("cloning-updates is 0");
    assertThatThrownBy(() -> new Residual.Config(1, 0, 2, 1, 1, 1, 1))
        .hasMessageContaining("scale is 0");
    assertThatThrownBy(() -> new Residual.Config(1, 0.1, 1, 1, 1, 1, 1))
        .hasMessage("critics is 1, but must be at least 2.");
  }

  private static double value(PointMass world, Continuous.Trained trained) {
    return world.meanReturn(trained.actor(), 200, 0.9, 7);
  }

  private static Residual.Config config(int cloningUpdates, double scale) {
    return new Residual.Config(cloningUpdates, scale, 3, 0.01, 0.001, 0.003, 0.05);
  }
}
