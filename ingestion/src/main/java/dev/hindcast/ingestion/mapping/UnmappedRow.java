package dev.hindcast.ingestion.mapping;

import java.util.OptionalLong;

/**
 * A row that could not become an event.
 *
 * @param episodeId the episode it belongs to; empty when the row names none
 * @param order what orders it within its episode, when that is known
 * @param trouble why
 * @param detail the offending value in words
 */
public record UnmappedRow(String episodeId, OptionalLong order, Trouble trouble, String detail)
    implements MappedRow {
  @Override
  public UnmappedRow inEpisode(String id) {
    return new UnmappedRow(id, order, trouble, detail);
  }

  /** Why a row could not become an event. */
  public enum Trouble {
    /** The row names no episode. */
    MISSING_EPISODE_ID,
    /** The row has no reward. */
    REWARD_MISSING,
    /** Another value that is needed is empty. */
    MISSING_VALUE,
    /** A list of numbers is not as long as most of its column. */
    WRONG_LIST_LENGTH,
    /** A mask does not fit the actions. */
    INVALID_MASK,
    /** A flag is neither 0 nor 1. */
    INVALID_FLAG
  }
}
