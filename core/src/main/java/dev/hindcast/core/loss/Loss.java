package dev.hindcast.core.loss;

/**
 * A loss of one batch: its value, and its gradient by the outputs it was computed from.
 *
 * @param value the mean over the batch
 * @param gradient d value / d outputs, in the shape of the outputs; not copied
 */
@SuppressWarnings("ArrayRecordComponent") // handed straight to the network; never compared
public record Loss(double value, float[] gradient) {
  /** This loss scaled by a constant. */
  public Loss times(double factor) {
    float[] scaled = new float[gradient.length];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = (float) (factor * gradient[i]);
    }
    return new Loss(factor * value, scaled);
  }

  /** The sum of two losses of the same outputs. */
  public Loss plus(Loss other) {
    float[] sum = gradient.clone();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += other.gradient[i];
    }
    return new Loss(value + other.value, sum);
  }
}
