package dev.hindcast.training.learner;

/**
 * A few numbers that are learned but are no function of an input: a temperature, the deviations of
 * a Gaussian. In plain Java with the same optimizer as networks have (Adam; Kingma and Ba, 2015).
 */
public final class FreeParameters {
  private static final double MEAN_DECAY = 0.9;
  private static final double VARIANCE_DECAY = 0.999;
  private static final double EPSILON = 1e-8;

  private final float[] values;
  private final float[] mean;
  private final float[] variance;
  private long steps;

  /** Beginning with these values, which are copied. */
  public FreeParameters(float... values) {
    this.values = values.clone();
    mean = new float[values.length];
    variance = new float[values.length];
  }

  /** A copy of the values. */
  public float[] values() {
    return values.clone();
  }

  /** One of the values. */
  public double value(int i) {
    return values[i];
  }

  /** Sets all values, beside the optimizer: for running averages and when resuming. */
  public void values(float[] wanted) {
    checkLength(wanted);
    System.arraycopy(wanted, 0, values, 0, values.length);
  }

  /**
   * One optimizer step.
   *
   * @param gradient of the loss by the values
   */
  public void step(double[] gradient, double learningRate) {
    if (gradient.length != values.length) {
      throw new IllegalArgumentException(
          gradient.length + " gradients for " + values.length + " parameters.");
    }
    steps++;
    double meanCorrection = 1 - Math.pow(MEAN_DECAY, (double) steps);
    double varianceCorrection = 1 - Math.pow(VARIANCE_DECAY, (double) steps);
    for (int i = 0; i < values.length; i++) {
      mean[i] = (float) (MEAN_DECAY * mean[i] + (1 - MEAN_DECAY) * gradient[i]);
      variance[i] =
          (float) (VARIANCE_DECAY * variance[i] + (1 - VARIANCE_DECAY) * gradient[i] * gradient[i]);
      double direction =
          mean[i] / meanCorrection / (Math.sqrt(variance[i] / varianceCorrection) + EPSILON);
      values[i] -= (float) (learningRate * direction);
    }
  }

  /** Keeps every value within these ends. */
  public void clamp(double low, double high) {
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.min(high, Math.max(low, values[i]));
    }
  }

  /** A copy of the optimizer's memory. */
  public OptimizerState optimizer() {
    return new OptimizerState(steps, mean.clone(), variance.clone());
  }

  /** Sets the optimizer's memory. */
  public void optimizer(OptimizerState state) {
    checkLength(state.mean());
    checkLength(state.variance());
    steps = state.steps();
    System.arraycopy(state.mean(), 0, mean, 0, mean.length);
    System.arraycopy(state.variance(), 0, variance, 0, variance.length);
  }

  private void checkLength(float[] given) {
    if (given.length != values.length) {
      throw new IllegalArgumentException(
          given.length + " numbers for " + values.length + " parameters.");
    }
  }
}
