package dev.hindcast.core.loss;

/**
 * The value loss of f-DVL: draws V to an upper part of the Q-values of logged actions, as the dual
 * of regularizing a policy's visits by an f-divergence does. With {@code y = (target - output) /
 * temperature} and the conservatism λ it is the mean of {@code λ g(y) - (1 - λ) y}, g being made of
 * the convex conjugate of the divergence's generator. Sikchi, Zheng, Zhang and Niekum (2024),
 * arXiv:2302.08560, and the authors' program.
 */
public enum FDivergence {
  /**
   * {@code g = max(y, 0)}: quantile regression, whose least is at the {@code (2λ - 1) / λ} quantile
   * of the targets. With λ of 0.5 or less any output far enough down would do.
   */
  TOTAL_VARIATION {
    @Override
    double conjugate(double y) {
      return Math.max(y, 0);
    }

    @Override
    double slope(double y) {
      return y > 0 ? 1 : 0;
    }
  },

  /**
   * {@code g = y + y^2 / 4} above 0, otherwise 0: the least tends to the greatest target as λ tends
   * to 1, however far apart the targets are.
   */
  CHI_SQUARE {
    @Override
    double conjugate(double y) {
      return y > 0 ? y + y * y / 4 : 0;
    }

    @Override
    double slope(double y) {
      return y > 0 ? 1 + y / 2 : 0;
    }
  },

  /**
   * {@code g = max(y + y^2 / 4, 0)}, as the authors' program has it. It is positive again below -4,
   * so that targets that far below the output draw it down and it stalls among them.
   */
  CHI_SQUARE_RELEASED {
    @Override
    double conjugate(double y) {
      return Math.max(y + y * y / 4, 0);
    }

    @Override
    double slope(double y) {
      return y > 0 || y < -4 ? 1 + y / 2 : 0;
    }
  };

  /**
   * Of (n) outputs against (n) targets, which carry no gradient.
   *
   * @param conservatism λ, in (0, 1)
   * @param temperature above 0
   * @param weights (n), how much each row counts; 0 leaves it out, though it still counts in n
   */
  public Loss of(
      float[] outputs, float[] targets, double conservatism, double temperature, float[] weights) {
    int n = outputs.length;
    double sum = 0;
    float[] gradient = new float[n];
    for (int i = 0; i < n; i++) {
      double y = ((double) targets[i] - outputs[i]) / temperature;
      sum += weights[i] * (conservatism * conjugate(y) - (1 - conservatism) * y);
      double slope = conservatism * slope(y) - (1 - conservatism);
      gradient[i] = (float) (-weights[i] * slope / temperature / n);
    }
    return new Loss(sum / n, gradient);
  }

  /** g. */
  abstract double conjugate(double y);

  /** dg / dy; 0 where g has a kink. */
  abstract double slope(double y);
}
