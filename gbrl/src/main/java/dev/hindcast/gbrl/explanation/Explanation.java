package dev.hindcast.gbrl.explanation;

import dev.hindcast.core.config.Require;
import dev.hindcast.gbrl.tree.Ensemble;
import dev.hindcast.gbrl.tree.FeatureMatrix;
import dev.hindcast.gbrl.tree.Features;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What every feature did for one number in every row of a sample (TreeSHAP: Lundberg and others,
 * 2020, Nature Machine Intelligence 2). It says what the trees do, not what causes what in the
 * world.
 */
public final class Explanation {
  private static final double CLEAR = 0.5;

  private final Features features;
  private final float[] values;
  private final double[] contributions;
  private final double[] means;

  private Explanation(Features features, float[] values, double[] contributions, double[] means) {
    this.features = features;
    this.values = values;
    this.contributions = contributions;
    this.means = means;
  }

  /**
   * Of one number.
   *
   * @param values (rows, features) of the ensemble
   * @param contrast the number, as a sum of its outputs
   */
  public static Explanation of(Ensemble ensemble, float[] values, Contrast contrast) {
    return of(ensemble, values, List.of(contrast)).get(0);
  }

  /** Of several numbers; asking the trees takes as long as for one. */
  public static List<Explanation> of(Ensemble ensemble, float[] values, List<Contrast> contrasts) {
    int outputs = ensemble.outputs().size();
    for (Contrast contrast : contrasts) {
      Require.that(
          contrast.weights().size() == outputs,
          contrast.weights().size() + " weights do not fit " + outputs + " outputs.");
    }
    try (FeatureMatrix matrix = FeatureMatrix.of(ensemble.features(), values)) {
      float[] found = ensemble.contributions(matrix);
      return contrasts.stream()
          .map(contrast -> weighted(ensemble.features(), values, found, contrast))
          .toList();
    }
  }

  /** Of contributions (rows, outputs, features + 1), the last of them the mean. */
  private static Explanation weighted(
      Features features, float[] values, float[] found, Contrast contrast) {
    int outputs = contrast.weights().size();
    int width = features.width();
    int rows = values.length / width;
    double[] sums = new double[rows * width];
    double[] means = new double[rows];
    for (int i = 0; i < rows * outputs; i++) {
      double weight = contrast.weights().get(i % outputs);
      int row = i / outputs;
      for (int j = 0; j < width; j++) {
        sums[row * width + j] += weight * found[i * (width + 1) + j];
      }
      means[row] += weight * found[i * (width + 1) + width];
    }
    return new Explanation(features, values, sums, means);
  }

  /** What a feature did in a row. */
  public double contribution(int row, int feature) {
    return contributions[row * features.width() + feature];
  }

  /** What the number would be without any feature: its mean over the training rows. */
  public double mean(int row) {
    return means[row];
  }

  /** The features that did most in a row, greatest first; such as did nothing are left out. */
  public List<Reason> reasons(int row, int atMost) {
    return IntStream.range(0, features.width())
        .mapToObj(
            feature ->
                new Reason(
                    features.names().get(feature),
                    features.inWords(feature, values[row * features.width() + feature]),
                    contribution(row, feature)))
        .filter(reason -> reason.contribution() != 0)
        .sorted(
            Comparator.comparingDouble((Reason reason) -> -Math.abs(reason.contribution()))
                .thenComparing(Reason::feature))
        .limit(atMost)
        .toList();
  }

  /** What every feature does over all rows, greatest first. */
  public List<Driver> drivers() {
    int rows = means.length;
    List<Driver> drivers = new ArrayList<>();
    for (int feature = 0; feature < features.width(); feature++) {
      double size = 0;
      for (int row = 0; row < rows; row++) {
        size += Math.abs(contribution(row, feature)) / rows;
      }
      drivers.add(new Driver(features.names().get(feature), size, direction(feature)));
    }
    drivers.sort(
        Comparator.comparingDouble((Driver driver) -> -driver.size())
            .thenComparing(Driver::feature));
    return drivers;
  }

  private Driver.Direction direction(int feature) {
    if (features.isCategorical(feature)) {
      return Driver.Direction.UNORDERED;
    }
    int[] known =
        IntStream.range(0, means.length)
            .filter(row -> !Float.isNaN(values[row * features.width() + feature]))
            .toArray();
    double[] there = new double[known.length];
    double[] done = new double[known.length];
    for (int i = 0; i < known.length; i++) {
      there[i] = values[known[i] * features.width() + feature];
      done[i] = contribution(known[i], feature);
    }
    double correlation = correlation(ranks(there), ranks(done));
    if (correlation >= CLEAR) {
      return Driver.Direction.RISES;
    }
    return correlation <= -CLEAR ? Driver.Direction.FALLS : Driver.Direction.NEITHER;
  }

  /** Places in order from 0; equal ones share the mean of theirs. */
  private static double[] ranks(double[] numbers) {
    Integer[] order =
        IntStream.range(0, numbers.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> numbers[i]))
            .toArray(Integer[]::new);
    double[] ranks = new double[numbers.length];
    for (int from = 0; from < order.length; ) {
      int to = from;
      while (to < order.length && numbers[order[to]] == numbers[order[from]]) {
        to++;
      }
      for (int i = from; i < to; i++) {
        ranks[order[i]] = 0.5 * (from + to - 1);
      }
      from = to;
    }
    return ranks;
  }

  /** Pearson's; 0 where one of both never changes. */
  private static double correlation(double[] x, double[] y) {
    double middle = 0.5 * (x.length - 1); // the mean of ranks
    double xy = 0;
    double xx = 0;
    double yy = 0;
    for (int i = 0; i < x.length; i++) {
      xy += (x[i] - middle) * (y[i] - middle);
      xx += (x[i] - middle) * (x[i] - middle);
      yy += (y[i] - middle) * (y[i] - middle);
    }
    return xx == 0 || yy == 0 ? 0 : xy / Math.sqrt(xx * yy);
  }
}
