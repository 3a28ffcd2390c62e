package dev.hindcast.core.data;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.hindcast.core.artefact.ArtefactFile;
import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.core.artefact.Provenance;
import dev.hindcast.core.artefact.RowAccount;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a dataset says of itself; {@code docs/spec/dataset.md} is the contract. The fingerprint of
 * its canonical JSON is the dataset's fingerprint: it covers the content of every file through
 * their hashes.
 *
 * @param specVersion the version of the contract
 * @param kind always {@code dataset}
 * @param name what people call the pipeline that made it
 * @param observationSpace what is seen at each step
 * @param actionSpace what can be done at each step
 * @param hasMask whether rows say which actions are admissible
 * @param hasPropensity whether rows have the behavior policy's probability of the logged action
 * @param propensityEstimated whether those probabilities are estimates rather than what the logger
 *     drew from
 * @param hasDuration whether rows say how long their steps took; left out of the JSON when not
 * @param hasDemonstration whether rows say if they are demonstrations; left out of the JSON when
 *     not
 * @param rewardComponents what rewards are made of, with the weights under which the stored reward
 *     is their sum; empty, and left out of the JSON, when they are not made of several
 * @param labels what episodes are labelled with beside what policies see; left out of the JSON when
 *     there is nothing
 * @param loggedActionsOutsideMask kept rows whose logged action their own mask does not admit
 * @param rows where every row of the log went
 * @param warnings rules that were broken in rows that were kept all the same, with their counts
 * @param split how episodes were divided
 * @param parts what is in each side of the split, by its key
 * @param files every file but the manifest
 * @param provenance what made it
 */
public record DatasetManifest(
    int specVersion,
    String kind,
    String name,
    ObservationSpace observationSpace,
    ActionSpace actionSpace,
    boolean hasMask,
    boolean hasPropensity,
    boolean propensityEstimated,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) Boolean hasDuration,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) Boolean hasDemonstration,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<RewardComponent> rewardComponents,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> labels,
    long loggedActionsOutsideMask,
    RowAccount rows,
    Map<String, Long> warnings,
    Split split,
    Map<String, PartSummary> parts,
    List<ArtefactFile> files,
    Provenance provenance) {
  /** The version of the contract that this build writes and reads. */
  public static final int SPEC_VERSION = 1;

  /** What stands in {@code kind}. */
  public static final String KIND = "dataset";

  /** Copies the collections; what a manifest does not say of steps, they do not have. */
  public DatasetManifest {
    hasDuration = hasDuration != null && hasDuration;
    hasDemonstration = hasDemonstration != null && hasDemonstration;
    rewardComponents = rewardComponents == null ? List.of() : List.copyOf(rewardComponents);
    labels = labels == null ? List.of() : List.copyOf(labels);
    warnings = java.util.Collections.unmodifiableMap(new java.util.TreeMap<>(warnings));
    parts = java.util.Collections.unmodifiableMap(new java.util.TreeMap<>(parts));
    files = List.copyOf(files);
  }

  /** The weights of the reward's components by name, in their order; empty without components. */
  public Map<String, Double> rewardWeights() {
    Map<String, Double> weights = new LinkedHashMap<>();
    rewardComponents.forEach(component -> weights.put(component.name(), component.weight()));
    return weights;
  }

  /**
   * The weights in use under those that a config gives.
   *
   * @param given by component; a component that is not named gets 0. Empty for those of ingestion.
   */
  public Map<String, Double> rewardWeights(Map<String, Double> given) {
    Map<String, Double> weights = rewardWeights();
    if (!given.isEmpty()) {
      weights.replaceAll((component, stored) -> given.getOrDefault(component, 0.0));
    }
    return weights;
  }

  /** The summary of one side. */
  public PartSummary part(Split.Part part) {
    return parts.getOrDefault(part.key(), PartSummary.EMPTY);
  }

  /** The dataset's fingerprint. */
  public Fingerprint fingerprint() {
    return Fingerprint.ofJson(this);
  }

  /** Whether every episode, on both sides, has exactly one step: a bandit log. */
  @JsonIgnore
  public boolean isHorizonOne() {
    return parts.values().stream().allMatch(part -> part.maxEpisodeLength() <= 1);
  }

  /**
   * One of the things that rewards are made of.
   *
   * @param name its name
   * @param weight what it was multiplied by in the stored reward
   */
  public record RewardComponent(String name, double weight) {}

  /**
   * One side of the split in figures; rewards and returns under the weights of ingestion.
   *
   * @param episodes how many
   * @param transitions how many steps
   * @param terminated episodes that the world ended
   * @param truncated episodes that the log or a clock ended
   * @param withoutNextObservation truncated episodes whose final observation is not in the log
   * @param maxEpisodeLength steps of the longest episode
   * @param meanReturn mean undiscounted return
   * @param minReward the least reward
   * @param maxReward the greatest reward
   * @param minPropensity the least propensity; 1 where there are none
   * @param actionCounts how often each discrete action was taken; empty for a box
   */
  public record PartSummary(
      long episodes,
      long transitions,
      long terminated,
      long truncated,
      long withoutNextObservation,
      int maxEpisodeLength,
      double meanReturn,
      double minReward,
      double maxReward,
      double minPropensity,
      List<Long> actionCounts) {
    /** Nothing. */
    public static final PartSummary EMPTY =
        new PartSummary(0, 0, 0, 0, 0, 0, 0, 0, 0, 1, List.of());

    /** Copies the counts. */
    public PartSummary {
      actionCounts = List.copyOf(actionCounts);
    }
  }
}
