package dev.hindcast.dataset.columns;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.DatasetManifest;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.TransitionColumns;
import java.io.Serializable;
import java.util.List;

/**
 * What the data files of a dataset hold, and so which columns they have.
 *
 * @param observationSpace what is seen
 * @param actionSpace what can be done
 * @param masked whether there are masks
 * @param withPropensities whether there are propensities
 * @param withDurations whether steps say how long they took
 * @param withDemonstrations whether steps say if they are demonstrations
 * @param rewardComponents what rewards are made of; empty when they are whole
 * @param labels what episodes are labelled with; empty when there is nothing
 */
public record TransitionLayout(
    ObservationSpace observationSpace,
    ActionSpace actionSpace,
    boolean masked,
    boolean withPropensities,
    boolean withDurations,
    boolean withDemonstrations,
    List<String> rewardComponents,
    List<String> labels)
    implements Serializable {
  /** Copies the lists. */
  public TransitionLayout {
    labels = List.copyOf(labels);
    rewardComponents = List.copyOf(rewardComponents);
  }

  /** What is needed to hold these episodes. */
  public static TransitionLayout of(TransitionColumns columns) {
    return new TransitionLayout(
        columns.observationSpace(),
        columns.actionSpace(),
        columns.hasMask(),
        columns.hasPropensities(),
        columns.hasDurations(),
        columns.hasDemonstrations(),
        columns.rewardComponents(),
        columns.labelNames());
  }

  /** What a dataset says that its files hold. */
  public static TransitionLayout of(DatasetManifest manifest) {
    return new TransitionLayout(
        manifest.observationSpace(),
        manifest.actionSpace(),
        manifest.hasMask(),
        manifest.hasPropensity(),
        manifest.hasDuration(),
        manifest.hasDemonstration(),
        List.copyOf(manifest.rewardWeights().keySet()),
        manifest.labels());
  }

  /** An empty builder for such episodes. */
  public TransitionColumns.Builder builder() {
    return new TransitionColumns.Builder(observationSpace, actionSpace, masked, withPropensities)
        .withRewardComponents(rewardComponents)
        .withLabels(labels);
  }

  boolean hasNumbers() {
    return !observationSpace.numeric().isEmpty();
  }

  boolean hasCategories() {
    return !observationSpace.categorical().isEmpty();
  }

  boolean isDiscrete() {
    return actionSpace instanceof ActionSpace.Discrete;
  }

  int actions() {
    return actionSpace instanceof ActionSpace.Discrete discrete ? discrete.size() : 0;
  }

  int dimensions() {
    return actionSpace instanceof ActionSpace.Box box ? box.dimensions() : 0;
  }
}
