package dev.hindcast.core.loss;

/**
 * The dual of imitation by mixtures: a mixture of the policy's visits with those of a log is to
 * match a mixture of the demonstrations' visits with the same log, by the chi-square divergence and
 * with ratios that are not negative. Sikchi, Zheng, Zhang and Niekum (2024), arXiv:2302.08560, and
 * Sikchi and others (2024), arXiv:2406.08805.
 *
 * <p>Of the residuals {@code y = γ V(o') - V(o)}, with β the share of demonstrations in the second
 * mixture: {@code β mean f*(y)} over the demonstrations and {@code (1 - β) mean (f*(y) - y)} over
 * the others, {@code f*(y) = y + y^2 / 4} from -2 on and -1 below.
 */
public final class MixtureDual {
  private static final double LEAST_SLOPE_AT = -2;

  private MixtureDual() {}

  /**
   * With the gradient by the residuals.
   *
   * @param residuals (n)
   * @param demonstrated (n), which rows are demonstrations
   * @param weights (n), how much each row counts; 0 leaves it out, though it still counts among its
   *     kind
   * @param mixture β, in (0, 1)
   */
  public static Loss of(
      float[] residuals, boolean[] demonstrated, float[] weights, double mixture) {
    int demonstrations = 0;
    for (boolean one : demonstrated) {
      demonstrations += one ? 1 : 0;
    }
    double sum = 0;
    float[] gradient = new float[residuals.length];
    for (int i = 0; i < residuals.length; i++) {
      double y = residuals[i];
      if (demonstrated[i]) {
        double share = mixture * weights[i] / demonstrations;
        sum += share * conjugate(y);
        gradient[i] = (float) (share * slope(y));
      } else {
        double share = (1 - mixture) * weights[i] / (residuals.length - demonstrations);
        sum += share * (conjugate(y) - y);
        gradient[i] = (float) (share * (slope(y) - 1));
      }
    }
    return new Loss(sum, gradient);
  }

  private static double conjugate(double y) {
    return y > LEAST_SLOPE_AT ? y + y * y / 4 : -1;
  }

  private static double slope(double y) {
    return Math.max(0, 1 + y / 2);
  }
}
