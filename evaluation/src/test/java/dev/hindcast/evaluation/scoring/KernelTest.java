package dev.hindcast.evaluation.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.data.ActionSpace;
import java.util.List;
import org.junit.jupiter.api.Test;

class KernelTest {
  private static final ActionSpace.Box UNIT = new ActionSpace.Box(List.of(0f), List.of(1f));

  @Test
  void agreesWithTheSheetsExample() {
    // sheet section 15.7: u = 0.5, K = 0.5625, and K / (h p) with p = 0.8
    double density = new Kernel(0.4, true).density(UNIT, new float[] {0.5f}, new float[] {0.3f}, 0);
    assertThat(density / 0.8).isCloseTo(1.7578125, within(1e-6));
  }

  /** Wherever the center lies, and whatever becomes of what is outside. */
  @Test
  void massIsOne() {
    int cells = 100_000;
    for (float center : new float[] {0, 0.05f, 0.5f, 0.97f, 1}) {
      for (double bandwidth : new double[] {0.02, 0.25, 1}) {
        for (boolean gathers : new boolean[] {false, true}) {
          Kernel kernel = new Kernel(bandwidth, gathers);
          double mass = 0;
          for (int i = 0; i < cells; i++) {
            mass += density(kernel, center, (i + 0.5f) / cells) / cells;
          }
          if (gathers) {
            mass += density(kernel, center, 0) + density(kernel, center, 1);
          }
          assertThat(mass).as("%s around %s", kernel, center).isCloseTo(1, within(1e-3));
        }
      }
    }
  }

  private static double density(Kernel kernel, float center, float action) {
    return kernel.density(UNIT, new float[] {center}, new float[] {action}, 0);
  }

  @Test
  void coordinatesMultiplyAndThoseWithoutWidthDoNotCount() {
    ActionSpace.Box box = new ActionSpace.Box(List.of(0f, -2f, 3f), List.of(1f, 2f, 3f));
    Kernel kernel = new Kernel(0.25, true);
    float[] centers = {9, 9, 9, 0.5f, 0, 3};
    float[] actions = {9, 9, 9, 0.6f, 0.5f, 3};
    double first = 0.75 * (1 - 0.16) / 0.25;
    double second = 0.75 * (1 - 0.25) / 1;
    assertThat(kernel.density(box, centers, actions, 1)).isCloseTo(first * second, within(1e-6));
  }

  @Test
  void bandwidthsOutOfRangeAreRefused() {
    assertThatThrownBy(() -> new Kernel(0, true))
        .hasMessage("bandwidth is 0.0, but must lie in (0, 1].");
  }
}
