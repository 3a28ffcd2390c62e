package dev.hindcast.ingestion.mapping;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/**
 * One row of a log as one step of an episode, not yet checked. Arrays are shared, not copied: read
 * only.
 *
 * @param episodeId the episode it belongs to
 * @param order what orders it within its episode: the step, the moment, or 0
 * @param seen what was seen before the action
 * @param action the discrete action; -1 for a box
 * @param vector the coordinates of a box action; empty for a discrete one
 * @param reward what the action brought
 * @param rewardParts what the reward is the weighted sum of; empty when it is one column
 * @param propensity the behavior policy's probability of the action; 1 when not mapped
 * @param terminated whether the world ended the episode with this row
 * @param truncated whether the log or a clock ended it
 * @param duration how long the step took; 1 when not mapped
 * @param demonstration whether the row shows how to act
 * @param labels what its episode is labelled with
 * @param next what was seen after the action, when the log says so
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Event(
    String episodeId,
    OptionalLong order,
    Seen seen,
    int action,
    float[] vector,
    double reward,
    double[] rewardParts,
    double propensity,
    boolean terminated,
    boolean truncated,
    double duration,
    boolean demonstration,
    String[] labels,
    Optional<Seen> next)
    implements MappedRow {
  @Override
  public Event inEpisode(String id) {
    return new Event(
        id,
        order,
        seen,
        action,
        vector,
        reward,
        rewardParts,
        propensity,
        terminated,
        truncated,
        duration,
        demonstration,
        labels,
        next);
  }

  /** The same step with another box action. */
  public Event withVector(float[] coordinates) {
    return new Event(
        episodeId,
        order,
        seen,
        action,
        coordinates,
        reward,
        rewardParts,
        propensity,
        terminated,
        truncated,
        duration,
        demonstration,
        labels,
        next);
  }

  /** The same step, and nothing known of what followed. */
  public Event withoutNext() {
    return new Event(
        episodeId,
        order,
        seen,
        action,
        vector,
        reward,
        rewardParts,
        propensity,
        terminated,
        truncated,
        duration,
        demonstration,
        labels,
        Optional.empty());
  }

  /**
   * What was seen at one moment.
   *
   * @param numbers (numeric fields), NaN where the log has none
   * @param codes (categorical fields)
   * @param mask (actions), or empty when there are no masks
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Seen(float[] numbers, int[] codes, boolean[] mask) {
    /** The first numeric field without a number, if there is one. */
    public OptionalInt firstMissing() {
      return IntStream.range(0, numbers.length).filter(i -> Float.isNaN(numbers[i])).findFirst();
    }
  }
}
