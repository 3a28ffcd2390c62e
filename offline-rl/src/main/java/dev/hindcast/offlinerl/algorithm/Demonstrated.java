package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.training.learner.MiniBatch;
import java.util.Map;

/**
 * Which rows of a batch are demonstrations, for learners to whom the two kinds mean different
 * things however many there are of each.
 */
final class Demonstrated {
  private final boolean[] rows;
  private final int count;

  Demonstrated(MiniBatch batch) {
    rows = batch.demonstrations();
    int found = 0;
    for (boolean row : rows) {
      found += row ? 1 : 0;
    }
    count = found;
  }

  /** Whether a row is one. */
  boolean is(int row) {
    return rows[row];
  }

  /** (B): shared, read only. */
  boolean[] rows() {
    return rows;
  }

  /** (B): weights that give demonstrations and others half of the batch's mean each. */
  float[] halves() {
    float[] weights = new float[rows.length];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = weights.length / (2f * (rows[i] ? count : weights.length - count));
    }
    return weights;
  }

  /** (B): weights that make a batch's mean one over the others. */
  float[] others() {
    float[] weights = new float[rows.length];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = rows[i] ? 0 : (float) weights.length / (weights.length - count);
    }
    return weights;
  }

  /**
   * Puts the mean over each kind into figures, under {@code demonstrated_} and {@code other_} and
   * this name; a kind of which there is nothing in the batch is left out.
   */
  void putMeans(Map<String, Double> figures, String name, float[] values) {
    double shown = 0;
    double rest = 0;
    for (int i = 0; i < values.length; i++) {
      shown += rows[i] ? values[i] : 0;
      rest += rows[i] ? 0 : values[i];
    }
    if (count > 0) {
      figures.put("demonstrated_" + name, shown / count);
    }
    if (count < values.length) {
      figures.put("other_" + name, rest / (values.length - count));
    }
  }
}
