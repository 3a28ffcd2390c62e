package dev.hindcast.gbrl.algorithm;

import dev.hindcast.core.loss.CrossEntropy;
import dev.hindcast.core.loss.Expectile;
import dev.hindcast.core.loss.FDivergence;
import dev.hindcast.core.loss.Loss;
import dev.hindcast.core.loss.MaskedSoftmax;
import dev.hindcast.core.loss.SquaredError;
import dev.hindcast.training.learner.AllRows;
import java.util.Arrays;

/**
 * A loss as trees take it: by row and not by mean, with a curvature for every output. A leaf then
 * makes a Newton step for its rows, {@code -Σ gradient / Σ curvature}, which reaches the least of a
 * quadratic in one round and never overshoots where the curvature is an upper bound.
 *
 * <p>Where a loss does not touch an output, gradient and curvature are exactly 0: that row does not
 * count for that output's trees. Otherwise curvatures are about 1 for a row of weight 1, so that
 * the least weight of a leaf and its penalty are numbers of rows.
 *
 * @param value the mean over the rows
 * @param gradient (rows, outputs), of the sum over the rows; not copied
 * @param curvature (rows, outputs), at least 0; not copied
 */
@SuppressWarnings("ArrayRecordComponent") // handed straight to trees; never compared
record RowLoss(double value, float[] gradient, float[] curvature) {
  /**
   * Where a probability is 0 or 1 to rounding its curvature is not, so that a step stays finite.
   */
  private static final double FLATTEST = 1e-6;

  /** Nearer to a kink than this share of the typical distance counts as this far from it. */
  private static final double NEAREST = 1e-2;

  /** So many rows at a time, at most. */
  private static final int BLOCK = 1 << 14;

  /** A loss that is a mean over rows, of some of them. */
  @FunctionalInterface
  interface Block {
    /** Of the rows from one to before another. */
    Loss of(int from, int to);
  }

  /**
   * A mean over rows as a sum, found for blocks of 2<sup>k</sup> rows: dividing by such a number
   * and multiplying by it again changes no bit, so a row's gradient does not depend on how many
   * rows there are beside it.
   *
   * @param columns how many values of each row the mean is over
   * @param curvature (rows, outputs)
   */
  static RowLoss of(Block block, int rows, int columns, float[] curvature) {
    float[] gradient = new float[curvature.length];
    int width = curvature.length / Math.max(1, rows);
    double value = 0;
    int size;
    for (int from = 0; from < rows; from += size) {
      size = Math.min(BLOCK, Integer.highestOneBit(rows - from));
      RowLoss part = of(block.of(from, from + size), size * columns, curvature);
      System.arraycopy(part.gradient, 0, gradient, from * width, size * width);
      value += part.value * size / rows;
    }
    return new RowLoss(value, gradient, curvature);
  }

  private static float[] rows(float[] all, int width, int from, int to) {
    return Arrays.copyOfRange(all, from * width, to * width);
  }

  /** A mean over n rows as a sum. The loss gives its gradient away: with many rows it is large. */
  static RowLoss of(Loss loss, int n, float[] curvature) {
    float[] gradient = loss.gradient();
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] = (float) ((double) n * gradient[i]);
    }
    return new RowLoss(loss.value(), gradient, curvature);
  }

  /**
   * {@code weight (output - target)^2 / 2}.
   *
   * @param outputs (n, width)
   * @param targets of that shape
   * @param weights (n)
   */
  static RowLoss squaredError(float[] outputs, float[] targets, float[] weights) {
    int width = outputs.length / weights.length;
    float[] curvature = new float[outputs.length];
    for (int i = 0; i < curvature.length; i++) {
      curvature[i] = weights[i / width];
    }
    return of(
        (from, to) ->
            SquaredError.of(
                    rows(outputs, width, from, to),
                    rows(targets, width, from, to),
                    rows(weights, 1, from, to))
                .times(0.5),
        weights.length,
        width,
        curvature);
  }

  /** {@link Expectile}; steeper on the side that counts more. */
  static RowLoss expectile(float[] outputs, float[] targets, double expectile, float[] weights) {
    float[] curvature = new float[outputs.length];
    for (int i = 0; i < curvature.length; i++) {
      curvature[i] = 2 * weights[i] * (float) (targets[i] < outputs[i] ? 1 - expectile : expectile);
    }
    return of(
        (from, to) ->
            Expectile.of(
                rows(outputs, 1, from, to),
                rows(targets, 1, from, to),
                expectile,
                rows(weights, 1, from, to)),
        weights.length,
        1,
        curvature);
  }

  /**
   * {@link FDivergence}, whose kink at a residual of 0 has no curvature of its own: the one taken
   * is that of the parabola above {@code max(y, 0)} which touches it at the present residual and
   * its mirror image (Hunter and Lange, 2000, for quantiles).
   *
   * @param all where the typical distance is asked for
   */
  static RowLoss divergence(
      FDivergence divergence,
      float[] outputs,
      float[] targets,
      double conservatism,
      double temperature,
      float[] weights,
      AllRows all) {
    int n = outputs.length;
    double[] distances = new double[n];
    for (int i = 0; i < n; i++) {
      distances[i] = Math.abs((double) targets[i] - outputs[i]);
    }
    double size = all.sum(distances) / all.total(n);
    double nearest = Math.max(NEAREST * size / temperature, FLATTEST);
    float[] curvature = new float[n];
    for (int i = 0; i < n; i++) {
      double y = ((double) targets[i] - outputs[i]) / temperature;
      boolean isCurved =
          divergence != FDivergence.TOTAL_VARIATION
              && (y > 0 || (divergence == FDivergence.CHI_SQUARE_RELEASED && y < -4));
      double ofKink = 1 / (2 * Math.max(Math.abs(y), nearest));
      double sum = conservatism * (ofKink + (isCurved ? 0.5 : 0));
      curvature[i] = (float) (weights[i] * sum / (temperature * temperature));
    }
    return of(
        (from, to) ->
            divergence.of(
                rows(outputs, 1, from, to),
                rows(targets, 1, from, to),
                conservatism,
                temperature,
                rows(weights, 1, from, to)),
        n,
        1,
        curvature);
  }

  /**
   * {@link CrossEntropy}. The curvature {@code 2 weight p (1 - p)} bounds that of all logits moving
   * at once, by the discs of Gershgorin.
   */
  static RowLoss crossEntropy(
      float[] logits,
      int actions,
      int[] chosen,
      boolean[] mask,
      float[] weights,
      double smoothing) {
    RowLoss found =
        of(
            (from, to) ->
                CrossEntropy.smoothed(
                    rows(logits, actions, from, to),
                    actions,
                    Arrays.copyOfRange(chosen, from, to),
                    mask.length == 0
                        ? mask
                        : Arrays.copyOfRange(mask, from * actions, to * actions),
                    rows(weights, 1, from, to),
                    smoothing),
            chosen.length,
            1,
            new float[logits.length]);
    for (int row = 0; row < chosen.length; row++) {
      if (weights[row] != 0) {
        found.curve(row, actions, chosen[row], mask, weights[row], smoothing);
      }
    }
    return found;
  }

  /** Of a row whose gradient is {@code weight (p - label)}: no need for another softmax. */
  private void curve(
      int row, int actions, int chosen, boolean[] mask, float weight, double smoothing) {
    int from = row * actions;
    double spread = smoothing == 0 ? 0 : smoothing / admissible(mask, from, actions);
    double perWeight = 1.0 / weight;
    for (int i = from; i < from + actions; i++) {
      if (mask.length == 0 || mask[i]) {
        double label = i - from == chosen ? 1 - smoothing + spread : spread;
        curvature[i] = ofSoftmax(weight, gradient[i] * perWeight + label);
      }
    }
  }

  private static int admissible(boolean[] mask, int from, int actions) {
    int count = 0;
    for (int i = from; i < from + actions; i++) {
      count += mask.length == 0 || mask[i] ? 1 : 0;
    }
    return count;
  }

  private static float ofSoftmax(float weight, double p) {
    double curvature = 2 * p * (1 - p);
    return (float) (weight * (curvature > FLATTEST ? curvature : FLATTEST));
  }

  /** (n, actions): {@code 2 weight p (1 - p)} for the admissible actions. */
  static float[] ofSoftmax(float[] logits, int actions, boolean[] mask, float[] weights) {
    boolean[] asked = mask.clone();
    for (int i = 0; i < asked.length; i++) {
      asked[i] |=
          weights[i / actions] == 0; // a mask that admits nothing is nobody's business there
    }
    double[] probabilities = MaskedSoftmax.of(logits, actions, asked);
    float[] curvature = new float[logits.length];
    for (int i = 0; i < curvature.length; i++) {
      if (mask.length == 0 || mask[i]) {
        curvature[i] = ofSoftmax(weights[i / actions], probabilities[i]);
      }
    }
    return curvature;
  }

  /** This one and another of the same outputs. */
  RowLoss plus(RowLoss other) {
    float[] gradients = gradient.clone();
    float[] curvatures = curvature.clone();
    for (int i = 0; i < gradients.length; i++) {
      gradients[i] += other.gradient[i];
      curvatures[i] += other.curvature[i];
    }
    return new RowLoss(value + other.value, gradients, curvatures);
  }

  /** This one so many times. */
  RowLoss times(double factor) {
    float[] gradients = new float[gradient.length];
    float[] curvatures = new float[gradient.length];
    for (int i = 0; i < gradients.length; i++) {
      gradients[i] = (float) (factor * gradient[i]);
      curvatures[i] = (float) (factor * curvature[i]);
    }
    return new RowLoss(factor * value, gradients, curvatures);
  }

  /** A loss of the chosen of several outputs, (n), as one of all, (n, actions). */
  RowLoss ofChosen(int actions, int[] chosen) {
    float[] gradients = new float[chosen.length * actions];
    float[] curvatures = new float[chosen.length * actions];
    for (int row = 0; row < chosen.length; row++) {
      gradients[row * actions + chosen[row]] = gradient[row];
      curvatures[row * actions + chosen[row]] = curvature[row];
    }
    return new RowLoss(value, gradients, curvatures);
  }

  /**
   * The same among more rows, to which it is nothing.
   *
   * @param rows (n), where its rows stand
   * @param of how many there are
   */
  RowLoss among(int[] rows, int of) {
    if (TreeFunction.isAll(rows, of)) {
      return this;
    }
    int width = gradient.length / rows.length;
    float[] gradients = new float[of * width];
    float[] curvatures = new float[of * width];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(gradient, i * width, gradients, rows[i] * width, width);
      System.arraycopy(curvature, i * width, curvatures, rows[i] * width, width);
    }
    return new RowLoss(value, gradients, curvatures);
  }
}
