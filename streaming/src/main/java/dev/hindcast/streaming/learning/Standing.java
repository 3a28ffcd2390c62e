package dev.hindcast.streaming.learning;

import dev.hindcast.streaming.row.EpisodeRows;
import java.util.List;

/**
 * Where learning stands after an interval: all of it, so that whoever has this and the episodes
 * that follow learns the same, bit for bit.
 *
 * @param intervals how many are over
 * @param versions how many have been made, the first one not counted
 * @param updates how many have been made
 * @param latest the version that is learned on from
 * @param good the latest one under which an interval was found sound
 * @param window the newest episodes that were learned from, in order
 * @param rewards mean rewards of the last intervals that were learned from, as shares of the range
 * @param isFrozen whether nothing is learned
 * @param sound how many sound intervals there were in a row since it froze
 */
record Standing(
    long intervals,
    long versions,
    long updates,
    Version latest,
    Version good,
    List<EpisodeRows> window,
    List<Double> rewards,
    boolean isFrozen,
    int sound) {
  Standing {
    window = List.copyOf(window);
    rewards = List.copyOf(rewards);
  }

  /** With nothing learned yet. */
  static Standing of(Version first) {
    return new Standing(0, 0, 0, first, first, List.of(), List.of(), false, 0);
  }

  /** One interval later, frozen, and back at the last good version. */
  Standing frozen(int soundInARow) {
    return new Standing(
        intervals + 1, versions, updates, good, good, window, rewards, true, soundInARow);
  }

  /** One interval later, with the same policy, which has proven good. */
  Standing kept(List<EpisodeRows> newWindow, List<Double> newRewards) {
    return new Standing(
        intervals + 1, versions, updates, latest, latest, newWindow, newRewards, false, 0);
  }

  /** The same with a new version that has not been tried yet. */
  Standing with(Version version, long moreUpdates) {
    return new Standing(
        intervals,
        versions + 1,
        updates + moreUpdates,
        version,
        good,
        window,
        rewards,
        isFrozen,
        sound);
  }
}
