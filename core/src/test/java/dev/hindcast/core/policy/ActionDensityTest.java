package dev.hindcast.core.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.data.ActionSpace;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ActionDensityTest {
  private static final ActionSpace.Box BOX = new ActionSpace.Box(List.of(-1f), List.of(3f));

  /** By CPython 3.11, log(erfc(z / sqrt(2)) / 2); at 40 by mpmath with 30 digits. */
  @Test
  void tailsOfTheNormalDistribution() {
    double[][] known = {
      {-3, -0.0013508099647482027},
      {-1, -0.1727537790234499},
      {0, -0.6931471805599453},
      {1, -1.8410216450092634},
      {2, -3.783184333682031},
      {2.4999, -5.081366007354046},
      {2.5, -5.08164827727869},
      {5, -15.064998393988724},
      {37, -689.0305855768905},
      {40, -804.6084420137538}
    };
    for (double[] pair : known) {
      assertThat(NormalTail.logAbove(pair[0]) / pair[1]).isCloseTo(1, within(1e-12));
    }
  }

  /** Inside the box a density, at its edges the probabilities of the tails: all of it is 1. */
  @Test
  void cutGaussianHasItsTailsAtTheEdges() {
    for (float deviation : new float[] {0.3f, 1, 5}) {
      var policy =
          new ActionDistribution.Gaussian(BOX, new float[] {2.5f}, new float[] {deviation});
      double sum =
          Math.exp(policy.logDensity(0, new float[] {-1}))
              + Math.exp(policy.logDensity(0, new float[] {3}));
      int cells = 4000;
      for (int i = 0; i < cells; i++) {
        float action = (float) (-1 + 4 * (i + 0.5) / cells);
        sum += Math.exp(policy.logDensity(0, new float[] {action})) * 4 / cells;
      }
      assertThat(sum).isCloseTo(1, within(1e-5));
    }
  }

  /** What a weighted mean of another policy's actions says is what the policy itself would do. */
  @Test
  void ratiosOfCutGaussiansAverageToOne() {
    var acted = new ActionDistribution.Gaussian(BOX, new float[] {2.5f}, new float[] {1});
    var judged = new ActionDistribution.Gaussian(BOX, new float[] {3}, new float[] {0.8f});
    SplittableRandom random = new SplittableRandom(1);
    double weights = 0;
    double edges = 0;
    int n = 40_000;
    for (int i = 0; i < n; i++) {
      float[] action = acted.draw(0, random);
      double ratio = Math.exp(judged.logDensity(0, action) - acted.logDensity(0, action));
      weights += ratio / n;
      edges += action[0] == 3 ? ratio / n : 0;
    }
    assertThat(weights).isCloseTo(1, within(0.02));
    assertThat(edges).isCloseTo(0.5, within(0.02)); // half of the judged policy lies beyond
  }

  @Test
  void coordinateWithoutWidthCountsForNothing() {
    var box = new ActionSpace.Box(List.of(-1f, 2f), List.of(1f, 2f));
    var flat = new ActionSpace.Box(List.of(-1f), List.of(1f));
    float[] action = {0.25f, 2};
    assertThat(
            new ActionDistribution.Gaussian(box, new float[] {0, 2}, new float[] {1, 1})
                .logDensity(0, action))
        .isEqualTo(
            new ActionDistribution.Gaussian(flat, new float[] {0}, new float[] {1})
                .logDensity(0, action));
    assertThat(
            new ActionDistribution.SquashedGaussian(box, new float[] {0, 2}, new float[] {1, 1})
                .logDensity(0, action))
        .isEqualTo(
            new ActionDistribution.SquashedGaussian(flat, new float[] {0}, new float[] {1})
                .logDensity(0, new float[] {0.25f}));
  }
}
