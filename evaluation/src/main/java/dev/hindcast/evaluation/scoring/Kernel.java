package dev.hindcast.evaluation.scoring;

import dev.hindcast.core.config.Require;
import dev.hindcast.core.data.ActionSpace;
import java.io.Serializable;

/**
 * Gives actions near a certain one a density, so that a log without exactly that action can speak
 * about it: Epanechnikov's kernel in each coordinate, {@code 0.75 (1 - u^2) / h} for {@code |u| <=
 * 1} (Kallus, Zhou 2018; sheet section 5). Ratios with such a density average 1 as others do.
 *
 * @param bandwidth half the width that the kernel covers, as a share of the box's width in each
 *     coordinate, in (0, 1]
 * @param gathersAtEdges what becomes of the part outside of the box: it comes together at the edge,
 *     as in logs of actions that were cut to the box, or the rest is stretched to make up for it
 */
public record Kernel(double bandwidth, boolean gathersAtEdges) implements Serializable {
  /** Checks the range. */
  public Kernel {
    Require.that(
        bandwidth > 0 && bandwidth <= 1, "bandwidth is " + bandwidth + ", but must lie in (0, 1].");
  }

  /**
   * The density of a row's action; where it lies on an edge at which mass gathers, that mass.
   *
   * @param centers (rows, dimensions) inside the box
   * @param actions (rows, dimensions) inside the box
   */
  public double density(ActionSpace.Box box, float[] centers, float[] actions, int row) {
    int d = box.dimensions();
    double product = 1;
    for (int j = 0; j < d; j++) {
      double low = box.low().get(j);
      double high = box.high().get(j);
      if (low == high) {
        continue;
      }
      double reach = bandwidth * (high - low);
      double center = centers[row * d + j];
      double action = actions[row * d + j];
      double below = share((low - center) / reach);
      double above = 1 - share((high - center) / reach);
      if (gathersAtEdges && action <= low) {
        product *= below;
      } else if (gathersAtEdges && action >= high) {
        product *= above;
      } else {
        double u = (action - center) / reach;
        double inside = gathersAtEdges ? 1 : 1 - below - above;
        product *= Math.abs(u) >= 1 ? 0 : 0.75 * (1 - u * u) / reach / inside;
      }
    }
    return product;
  }

  /** The kernel's mass up to {@code u}. */
  private static double share(double u) {
    return u <= -1 ? 0 : u >= 1 ? 1 : (2 + 3 * u - u * u * u) / 4;
  }
}
