package dev.hindcast.training.spark;

import dev.hindcast.core.config.Require;
import java.io.Serializable;
import java.util.List;

/**
 * When the points of a sweep are compared on the way, and how many of them go on: successive
 * halving (Jamieson and Talwalkar, 2016, arXiv:1502.07943).
 *
 * @param rungs the shares of all updates after which points are compared, in (0, 1), rising; none:
 *     all points are trained to the end
 * @param keep the share of the points that go on, in (0, 1); at least one does
 * @param judgeUpdates updates of the fitted-Q evaluation that judges a policy
 */
public record EarlyStopping(List<Double> rungs, double keep, int judgeUpdates)
    implements Serializable {
  /** No comparisons. With rungs, half go on, as the name of the method has it. */
  public static final EarlyStopping OFF = new EarlyStopping(List.of(), 0.5, 2_000);

  /** Checks the ranges. */
  public EarlyStopping {
    rungs = List.copyOf(rungs);
    Require.open("keep", keep, 0, 1);
    Require.positive("judge-updates", judgeUpdates);
    double last = 0;
    for (double rung : rungs) {
      Require.open("rungs", rung, 0, 1);
      Require.that(rung > last, "rungs should rise, such as [0.2, 0.5].");
      last = rung;
    }
  }

  boolean isOff() {
    return rungs.isEmpty();
  }

  /** How many of so many points go on. */
  int kept(int points) {
    return Math.max(1, (int) Math.ceil(keep * points));
  }
}
