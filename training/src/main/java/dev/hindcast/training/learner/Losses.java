package dev.hindcast.training.learner;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What one update has to report: losses and other figures worth watching, by name.
 *
 * @param values in the order of their names
 */
public record Losses(SortedMap<String, Double> values) {
  /** Copies the map. */
  public Losses {
    values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
  }

  /** The mean of a batch's values. */
  public static double mean(float[] values) {
    double sum = 0;
    for (float x : values) {
      sum += x;
    }
    return sum / values.length;
  }

  /** The mean size of a batch's values. */
  public static double meanAbsolute(float[] values) {
    double sum = 0;
    for (float x : values) {
      sum += Math.abs(x);
    }
    return sum / values.length;
  }

  /** The share of a batch's values that reach a limit. */
  public static double shareAtLeast(float[] values, double limit) {
    int count = 0;
    for (float x : values) {
      count += x >= limit ? 1 : 0;
    }
    return (double) count / values.length;
  }

  /** The share of a batch's values that exceed others by more than this. */
  public static double shareAbove(float[] values, float[] others, double difference) {
    int count = 0;
    for (int i = 0; i < values.length; i++) {
      count += (double) values[i] - others[i] > difference ? 1 : 0;
    }
    return (double) count / values.length;
  }

  /** Of these figures. */
  public static Losses of(Map<String, Double> values) {
    return new Losses(new TreeMap<>(values));
  }
}
