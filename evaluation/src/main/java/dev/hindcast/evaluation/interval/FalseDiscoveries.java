package dev.hindcast.evaluation.interval;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Several tests at once: calling significant what has an adjusted probability of at most α keeps
 * the expected share of false calls among all calls at α or below. Benjamini, Hochberg (1995);
 * holds for independent tests and for those that go together (Benjamini, Yekutieli 2001).
 */
public final class FalseDiscoveries {
  private FalseDiscoveries() {}

  /**
   * The adjusted probabilities, in the order of the tests.
   *
   * @param probabilities (tests), each in [0, 1], of such a result where there is nothing to find
   */
  public static double[] adjusted(double[] probabilities) {
    int n = probabilities.length;
    int[] order =
        IntStream.range(0, n)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -probabilities[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    double[] adjusted = new double[n];
    double least = 1;
    for (int i = 0; i < n; i++) {
      least = Math.min(least, probabilities[order[i]] * n / (n - i));
      adjusted[order[i]] = least;
    }
    return adjusted;
  }
}
