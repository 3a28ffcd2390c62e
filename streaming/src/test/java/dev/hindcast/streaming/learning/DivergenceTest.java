package dev.hindcast.streaming.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.policy.ActionDistribution;
import dev.hindcast.core.policy.Policy;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class DivergenceTest {
  private static final ActionSpace.Box BOX = new ActionSpace.Box(List.of(-9f), List.of(9f));

  private static Policy of(double... probabilities) {
    return decisions -> {
      double[] all = new double[decisions.size() * probabilities.length];
      for (int i = 0; i < all.length; i++) {
        all[i] = probabilities[i % probabilities.length];
      }
      return new ActionDistribution.Categorical(decisions.size(), probabilities.length, all);
    };
  }

  private static Policy around(float mean) {
    return decisions -> {
      float[] means = new float[decisions.size()];
      float[] deviations = new float[decisions.size()];
      Arrays.fill(means, mean);
      Arrays.fill(deviations, 1);
      return new ActionDistribution.Gaussian(BOX, means, deviations);
    };
  }

  private static Decisions rows(int n) {
    return new Decisions(n, new float[n], new int[0], new boolean[0], new String[n], new int[n]);
  }

  @Test
  void divergenceOfDiscretePoliciesIsExact() {
    double expected = 0.9 * Math.log(0.9 / 0.6) + 0.1 * Math.log(0.1 / 0.4);
    assertThat(Divergence.of(of(0.9, 0.1), of(0.6, 0.4), rows(7), 1))
        .isCloseTo(expected, within(1e-12));
    assertThat(Divergence.of(of(1, 0), of(0.5, 0.5), rows(2), 1))
        .isCloseTo(Math.log(2), within(1e-12));
    assertThat(Divergence.of(of(0.5, 0.5), of(1, 0), rows(2), 1)).isInfinite();
  }

  @Test
  void divergenceInABoxIsThatOfItsDraws() {
    // of two unit normals one deviation apart: 0.5
    assertThat(Divergence.of(around(0), around(1), rows(4000), 3)).isCloseTo(0.5, within(0.03));
    assertThat(Divergence.of(around(1), around(1), rows(100), 3)).isZero();
  }

  @Test
  void ratiosAreToWhoeverActed() {
    TransitionColumns log =
        new TransitionColumns.Builder(
                ObservationSpace.ofNumbers(1), new ActionSpace.Discrete(2), false, true)
            .beginEpisode("a")
            .addStep(new float[1], new int[0], new boolean[0], 0, 1, 0.5)
            .addStep(new float[1], new int[0], new boolean[0], 1, 1, 0.4)
            .endEpisode(true)
            .build();
    assertThat(Divergence.ratios(of(0.9, 0.1), log)).containsExactly(1.8, 0.25);
  }
}
