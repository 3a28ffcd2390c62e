package dev.hindcast.ingestion.check;

import dev.hindcast.ingestion.mapping.UnmappedRow.Trouble;
import java.util.List;
import java.util.stream.Stream;

/** The catalogue of rules. A row that breaks several stands under the first. */
public final class Checks {
  /** The rule under which the companions of a row that broke another rule stand. */
  public static final String COMPANION = "episode-of-quarantined-row";

  /** The rule for logged actions that their mask does not admit. */
  public static final String ACTION_OUTSIDE_MASK = "action-outside-mask";

  static final List<MappingCheck> MAPPING =
      List.of(
          new MappingCheck(Trouble.MISSING_EPISODE_ID, "a row names no episode"),
          new MappingCheck(Trouble.REWARD_MISSING, "a row has no reward"),
          new MappingCheck(Trouble.MISSING_VALUE, "another value that is needed is empty"),
          new MappingCheck(
              Trouble.WRONG_LIST_LENGTH, "a list is not as long as most of its column"),
          new MappingCheck(Trouble.INVALID_MASK, "a mask does not fit the actions"),
          new MappingCheck(Trouble.INVALID_FLAG, "a flag is neither 0 nor 1"));

  static final List<EventCheck> EVENT =
      List.of(
          new MissingNumber(),
          new NonFiniteValue(),
          new InvalidPropensity(),
          new InvalidDuration(),
          new ActionOutOfRange(),
          new ActionRoundedOutOfBox(),
          new EmptyMask(),
          new ActionOutsideMask(),
          new BothTerminatedAndTruncated());

  static final List<EpisodeCheck> EPISODE =
      List.of(new DuplicateStep(), new GapInSteps(), new RowsAfterEnd());

  private Checks() {}

  /** Every rule, in the order in which they are tried. */
  public static List<Check> all() {
    return Stream.of(MAPPING, EVENT, EPISODE).<Check>flatMap(List::stream).toList();
  }

  static boolean canBeKept(String rule) {
    return all().stream().anyMatch(check -> check.name().equals(rule) && check.canBeKept());
  }

  static String name(Trouble trouble) {
    return MAPPING.stream()
        .filter(check -> check.trouble() == trouble)
        .findFirst()
        .orElseThrow()
        .name();
  }
}
