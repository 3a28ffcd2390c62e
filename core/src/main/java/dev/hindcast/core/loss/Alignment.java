package dev.hindcast.core.loss;

/**
 * How much several vectors point the same way: {@code mean 1/(N-1) sum_{i != j} <u_i, u_j>}, u the
 * vectors at length 1; N where all agree, 0 where they stand at right angles. An, Moon, Kim, Song
 * (2021), arXiv:2110.01548, equation 7.
 *
 * @param value in [-N/(N-1), N]
 * @param gradients (N)(n, d), d value / d vectors; 0 for a vector without length; not copied
 */
@SuppressWarnings("ArrayRecordComponent") // handed straight to networks; never compared
public record Alignment(double value, float[][] gradients) {
  /**
   * Of (N)(n, d) vectors, N at least 2.
   *
   * @param dimensions d
   * @param weight what it is multiplied by
   */
  public static Alignment of(float[][] vectors, int dimensions, double weight) {
    int count = vectors.length;
    int n = vectors[0].length / dimensions;
    float[][] gradients = new float[count][vectors[0].length];
    double scale = weight / (n * (count - 1.0));
    double sum = 0;
    double[][] units = new double[count][dimensions];
    double[] lengths = new double[count];
    for (int row = 0; row < n; row++) {
      double[] total = new double[dimensions];
      for (int i = 0; i < count; i++) {
        double square = 0;
        for (int j = 0; j < dimensions; j++) {
          double x = vectors[i][row * dimensions + j];
          square += x * x;
        }
        lengths[i] = Math.sqrt(square);
        for (int j = 0; j < dimensions; j++) {
          units[i][j] = lengths[i] == 0 ? 0 : vectors[i][row * dimensions + j] / lengths[i];
          total[j] += units[i][j];
        }
      }
      for (int i = 0; i < count; i++) {
        double along = 0;
        for (int j = 0; j < dimensions; j++) {
          along += units[i][j] * (total[j] - units[i][j]);
        }
        sum += scale * along;
        for (int j = 0; j < dimensions && lengths[i] > 0; j++) {
          double across = total[j] - units[i][j] - along * units[i][j];
          gradients[i][row * dimensions + j] = (float) (2 * scale * across / lengths[i]);
        }
      }
    }
    return new Alignment(sum, gradients);
  }
}
