package dev.hindcast.core.world;

import dev.hindcast.core.data.ActionSpace;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Acts in a box by a linear rule with uniform noise: {@code action = offset + gain * observation +
 * noise * u}, u uniform on [-1, 1], independent in every coordinate. Noise of bounded width keeps
 * actions inside a box, so that their density needs no correction at its edges.
 */
public final class LinearPolicy implements ContinuousWorld.BoxActor {
  private final double[][] gain;
  private final double[] offset;
  private final double[] noise;

  private LinearPolicy(double[][] gain, double[] offset, double[] noise) {
    this.gain = gain;
    this.offset = offset;
    this.noise = noise;
  }

  /**
   * Without noise and offset.
   *
   * @param gain (dimensions, numeric fields)
   */
  public static LinearPolicy of(double[][] gain) {
    double[][] copy = Arrays.stream(gain).map(double[]::clone).toArray(double[][]::new);
    return new LinearPolicy(copy, new double[gain.length], new double[gain.length]);
  }

  /** Uniform on a box whatever is seen. */
  public static LinearPolicy uniform(ActionSpace.Box box, int numericFields) {
    int n = box.dimensions();
    double[] middle = new double[n];
    double[] half = new double[n];
    for (int i = 0; i < n; i++) {
      middle[i] = ((double) box.low().get(i) + box.high().get(i)) / 2;
      half[i] = ((double) box.high().get(i) - box.low().get(i)) / 2;
    }
    return new LinearPolicy(new double[n][numericFields], middle, half);
  }

  /** The same rule with noise of this half-width, at least 0, in every coordinate. */
  public LinearPolicy withNoise(double halfWidth) {
    double[] wide = new double[noise.length];
    Arrays.fill(wide, halfWidth);
    return new LinearPolicy(gain, offset, wide);
  }

  /** The same rule with an offset (dimensions). */
  public LinearPolicy withOffset(double... constant) {
    return new LinearPolicy(gain, constant.clone(), noise);
  }

  /** Whether the action depends on nothing but the observation: some coordinate has no noise. */
  public boolean isDeterministic() {
    return Arrays.stream(noise).anyMatch(width -> width == 0);
  }

  /** The density of every action that it draws; infinite when deterministic. */
  public double density() {
    return Arrays.stream(noise).map(width -> 1 / (2 * width)).reduce(1, (p, q) -> p * q);
  }

  /** The weight of an observation's field in an action's coordinate. */
  public double gain(int coordinate, int field) {
    return gain[coordinate][field];
  }

  /** The variance of an action's coordinate given what is seen. */
  public double variance(int coordinate) {
    return noise[coordinate] * noise[coordinate] / 3;
  }

  /** The mean of an action's coordinate when every field of the observation is 0. */
  public double offset(int coordinate) {
    return offset[coordinate];
  }

  /** (dimensions) One action drawn. */
  public float[] act(float[] observation, SplittableRandom random) {
    float[] action = act(1, observation);
    for (int i = 0; i < action.length; i++) {
      action[i] += (float) (noise[i] * (2 * random.nextDouble() - 1));
    }
    return action;
  }

  /** (rows, dimensions) The means, without noise. */
  @Override
  public float[] act(int rows, float[] observations) {
    int d = observations.length / Math.max(1, rows);
    float[] actions = new float[rows * gain.length];
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < gain.length; i++) {
        double sum = offset[i];
        for (int j = 0; j < d; j++) {
          sum += gain[i][j] * observations[row * d + j];
        }
        actions[row * gain.length + i] = (float) sum;
      }
    }
    return actions;
  }
}
