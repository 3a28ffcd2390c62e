package dev.hindcast.evaluation.running;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * The sums of some numbers over episodes, and of all their products: what means of smooth functions
 * and their variances are made of. Sums of parts merge; merged in the same order they are the same,
 * bit for bit.
 */
public final class Moments {
  private final int width;
  private double count;
  private final double[] sums;
  private final double[] products; // (width (width + 1) / 2), row by row up to the diagonal

  /** Nothing yet, of so many numbers. */
  public Moments(int width) {
    this.width = width;
    sums = new double[width];
    products = new double[width * (width + 1) / 2];
  }

  /** Adds the numbers of one episode, (width). */
  public void add(double[] numbers) {
    count++;
    for (int i = 0; i < width; i++) {
      double number = numbers[i];
      if (number != 0) {
        sums[i] += number;
        int row = i * (i + 1) / 2;
        for (int j = 0; j <= i; j++) {
          products[row + j] += number * numbers[j];
        }
      }
    }
  }

  /** Adds the sums of others. */
  public void merge(Moments others) {
    count += others.count;
    for (int i = 0; i < width; i++) {
      sums[i] += others.sums[i];
    }
    for (int i = 0; i < products.length; i++) {
      products[i] += others.products[i];
    }
  }

  /** How many numbers there are. */
  public int width() {
    return width;
  }

  /** Over how many episodes. */
  public double count() {
    return count;
  }

  /** The sum of a number. */
  public double sum(int i) {
    return sums[i];
  }

  /** The sum of a number's squares. */
  public double squares(int i) {
    return products[i * (i + 1) / 2 + i];
  }

  /** (to - from) The means of some numbers. */
  public double[] means(int from, int to) {
    double[] means = new double[to - from];
    for (int i = from; i < to; i++) {
      means[i - from] = sums[i] / count;
    }
    return means;
  }

  /**
   * The standard deviation of a weighted sum of the numbers, divisor n. Numbers that were never
   * other than 0 are without effect, whatever their weight.
   *
   * @param weights (width)
   */
  public double deviation(double[] weights) {
    double variance = 0;
    for (int i = 0; i < width; i++) {
      if (weights[i] == 0 || squares(i) == 0) {
        continue;
      }
      for (int j = 0; j <= i; j++) {
        if (weights[j] != 0 && squares(j) != 0) {
          double covariance =
              products[i * (i + 1) / 2 + j] / count - (sums[i] / count) * (sums[j] / count);
          variance += (i == j ? 1 : 2) * weights[i] * weights[j] * covariance;
        }
      }
    }
    return Math.sqrt(Math.max(0, variance));
  }

  /** Writes all of it. */
  public void write(DataOutput out) throws IOException {
    out.writeInt(width);
    out.writeDouble(count);
    for (double sum : sums) {
      out.writeDouble(sum);
    }
    for (double product : products) {
      out.writeDouble(product);
    }
  }

  /** Reads what {@link #write} wrote. */
  public static Moments read(DataInput in) throws IOException {
    Moments moments = new Moments(in.readInt());
    moments.count = in.readDouble();
    for (int i = 0; i < moments.sums.length; i++) {
      moments.sums[i] = in.readDouble();
    }
    for (int i = 0; i < moments.products.length; i++) {
      moments.products[i] = in.readDouble();
    }
    return moments;
  }
}
