package dev.hindcast.training.algorithm;

import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.policy.BundleManifest;
import dev.hindcast.core.policy.Policy;
import dev.hindcast.core.policy.QFunction;
import dev.hindcast.core.policy.VisitRatios;
import dev.hindcast.dataset.ArtefactWriter;
import dev.hindcast.training.bundle.TrainingRecord;
import dev.hindcast.training.learner.Learner;
import java.nio.file.Path;
import java.util.SortedMap;

/**
 * A learner on its data, ready to be trained, and what becomes of what it learns. Belongs to the
 * thread that opened it; closing it frees all it holds.
 */
public interface Trainee extends AutoCloseable {
  /** The learner, which goes with it. */
  Learner learner();

  /**
   * Begins as the policy of a bundle. What its learner knows besides, such as values, is left as it
   * is.
   *
   * @param bundle a folder whose manifest and files have been checked
   * @throws dev.hindcast.core.config.UserError when that policy has another form than what is
   *     learned here
   */
  void takeUp(Path bundle);

  /**
   * The policy that it has learned so far, which stays as it is and outlives it.
   *
   * @throws IllegalStateException when it learns something else
   */
  Policy policy();

  /**
   * The values that it has learned so far, which stay as they are and outlive it.
   *
   * @throws IllegalStateException when it learns something else
   */
  QFunction qFunction();

  /**
   * The ratios of visits that it has learned so far, which stay as they are and outlive it.
   *
   * @throws IllegalStateException when it learns something else
   */
  default VisitRatios visitRatios() {
    throw new IllegalStateException("It does not learn ratios of visits.");
  }

  /**
   * Publishes what it has learned as a bundle.
   *
   * @param record what the bundle says of the training
   * @param snapshots of its learner at earlier moments, by updates made; each becomes an export
   *     beside the final one
   * @param sample decisions on which the exports must agree with what was learned
   */
  BundleManifest publish(
      ArtefactWriter writer,
      TrainingRecord record,
      SortedMap<Long, byte[]> snapshots,
      Decisions sample);

  @Override
  void close();
}
