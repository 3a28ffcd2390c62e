package dev.hindcast.gbrl.algorithm;

import dev.hindcast.gbrl.tree.FeatureMatrix;
import dev.hindcast.gbrl.tree.Features;
import dev.hindcast.training.learner.Experience;
import java.util.Map;
import java.util.TreeMap;

/**
 * The observations of the training data as trees see them, made when they are first asked for.
 * Whoever opened them closes them.
 */
public final class Observations implements AutoCloseable {
  private static final int AS_THEY_ARE = 0;

  private final Experience experience;
  private final Map<Integer, FeatureMatrix> matrices = new TreeMap<>();

  /** Of this data. */
  public Observations(Experience experience) {
    this.experience = experience;
  }

  /**
   * For trees that try so many thresholds. Fresh episodes are never divided: they stay as they are.
   */
  FeatureMatrix binned(int bins) {
    return matrices.computeIfAbsent(
        experience.fresh().isPresent() ? AS_THEY_ARE : bins, this::matrix);
  }

  private FeatureMatrix matrix(int bins) {
    Features features = Features.of(experience.data().observationSpace());
    float[] rows = features.rows(experience.data().decisions());
    return bins == AS_THEY_ARE
        ? FeatureMatrix.of(features, rows)
        : FeatureMatrix.divided(features, rows, bins, experience.all());
  }

  @Override
  public void close() {
    matrices.values().forEach(FeatureMatrix::close);
    matrices.clear();
  }
}
