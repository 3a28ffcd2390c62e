package dev.hindcast.ingestion.mapping;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.ingestion.mapping.FieldMapping.Ending;
import dev.hindcast.ingestion.mapping.FieldMapping.Scale;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A mapping whose columns have been found in a log: patterns are spelled out, and every column has
 * its place in the list of those to be read. {@link #NONE} stands for a column that is not mapped.
 *
 * @param columns the columns to be read
 * @param types their types
 * @param episodeId the places of the columns that tell episodes apart
 * @param step the place of the step
 * @param orderBy the place of the column that orders rows
 * @param gap the longest pause within an episode, in what orders rows; 0 for any
 * @param endsAs what a last row means when nothing else says so
 * @param numeric the places of numeric observation columns
 * @param categorical the places of categorical observation columns
 * @param nextNumeric the places of numeric columns seen after the action; empty when not mapped
 * @param nextCategorical the places of categorical ones
 * @param nextMask the place of the mask that goes with them
 * @param action the places of action columns
 * @param actionSpace what can be done
 * @param mask the place of the mask
 * @param reward the places of the reward's columns
 * @param rewardWeights what each of them is multiplied by
 * @param rewardComponents what they are called; empty for a reward of one column
 * @param terminated the place of the flag
 * @param truncated the place of the flag
 * @param propensity the place of the propensity
 * @param propensityIsLog whether it is a logarithm
 * @param demonstration the place of what marks a demonstration
 * @param demonstrationValues the values that do; empty for a flag
 * @param duration the place of how long a step took
 * @param labels the places of what episodes are labelled with
 */
public record ResolvedMapping(
    List<String> columns,
    List<ColumnType> types,
    List<Integer> episodeId,
    int step,
    int orderBy,
    long gap,
    Ending endsAs,
    List<Integer> numeric,
    List<Integer> categorical,
    List<Integer> nextNumeric,
    List<Integer> nextCategorical,
    int nextMask,
    List<Integer> action,
    ActionSpace actionSpace,
    int mask,
    List<Integer> reward,
    List<Double> rewardWeights,
    List<String> rewardComponents,
    int terminated,
    int truncated,
    int propensity,
    boolean propensityIsLog,
    int demonstration,
    Set<String> demonstrationValues,
    int duration,
    List<Integer> labels)
    implements Serializable {
  /** The place of a column that is not mapped. */
  public static final int NONE = -1;

  /**
   * Finds a mapping's columns in a log.
   *
   * @param problems where what is wrong is added, one sentence each
   * @return the mapping with its places; not to be used when there were problems
   */
  public static ResolvedMapping of(FieldMapping mapping, LogSchema schema, List<String> problems) {
    ColumnMatching match = new ColumnMatching(schema, problems);
    List<Integer> id = match.each(mapping.episodeId(), ColumnMatching.KEY);
    int step = match.optional(mapping.step(), ColumnMatching.STEP);
    int orderBy = match.optional(mapping.orderBy(), ColumnMatching.ORDER);
    List<Integer> numeric = match.all(mapping.observation().numeric(), ColumnMatching.NUMERIC);
    List<Integer> categorical =
        match.all(mapping.observation().categorical(), ColumnMatching.CATEGORY);
    List<Integer> nextNumeric = List.of();
    List<Integer> nextCategorical = List.of();
    int nextMask = NONE;
    if (mapping.nextObservation().isPresent()) {
      FieldMapping.Observation next = mapping.nextObservation().get();
      nextNumeric = match.all(next.numeric(), ColumnMatching.NUMERIC);
      nextCategorical = match.all(next.categorical(), ColumnMatching.CATEGORY);
      nextMask = match.optional(next.mask(), ColumnMatching.MASK);
      match.sameShape(next.numeric(), numeric, nextNumeric, "numeric");
      match.sameShape(next.categorical(), categorical, nextCategorical, "categorical");
    }
    boolean isBox = mapping.action().space() instanceof ActionSpace.Box;
    List<Integer> action =
        match.each(
            mapping.action().columns(), isBox ? ColumnMatching.NUMERIC : ColumnMatching.ACTION);
    int mask = match.optional(mapping.action().mask(), ColumnMatching.MASK);
    List<FieldMapping.Reward.Part> parts = mapping.reward().parts();
    List<Integer> reward =
        match.each(
            parts.stream().map(FieldMapping.Reward.Part::column).toList(), ColumnMatching.NUMBER);
    int terminated = match.optional(mapping.terminated(), ColumnMatching.FLAG);
    int truncated = match.optional(mapping.truncated(), ColumnMatching.FLAG);
    Optional<FieldMapping.Propensity> p = mapping.propensity();
    int propensity = match.optional(p.map(FieldMapping.Propensity::column), ColumnMatching.NUMBER);
    Optional<FieldMapping.Demonstration> shown = mapping.demonstration();
    boolean byValue = shown.isPresent() && !shown.get().values().isEmpty();
    int demonstration =
        match.optional(
            shown.map(FieldMapping.Demonstration::column),
            byValue ? ColumnMatching.CATEGORY : ColumnMatching.FLAG);
    int duration = match.optional(mapping.duration(), ColumnMatching.NUMBER);
    List<Integer> labels = match.each(mapping.labels(), ColumnMatching.LABEL);
    return new ResolvedMapping(
        match.columns(),
        match.types(),
        id,
        step,
        orderBy,
        gap(mapping, match, orderBy, problems),
        mapping.ends().orElse(Ending.TRUNCATED),
        numeric,
        categorical,
        nextNumeric,
        nextCategorical,
        nextMask,
        action,
        mapping.action().space(),
        mask,
        reward,
        parts.stream().map(FieldMapping.Reward.Part::weight).toList(),
        mapping.reward().isWhole()
            ? List.of()
            : parts.stream().map(FieldMapping.Reward.Part::name).toList(),
        terminated,
        truncated,
        propensity,
        p.isPresent() && p.get().scale() == Scale.LOG_PROBABILITY,
        demonstration,
        byValue ? Set.copyOf(shown.get().values()) : Set.of(),
        duration,
        labels);
  }

  private static long gap(
      FieldMapping mapping, ColumnMatching match, int orderBy, List<String> problems) {
    if (mapping.gap().isEmpty() || orderBy == NONE) {
      return 0;
    }
    FieldMapping.Gap gap = mapping.gap().get();
    boolean isTime = match.types().get(orderBy) == ColumnType.TIME;
    if (gap.isTime() != isTime) {
      problems.add(
          gap.where()
              + (isTime
                  ? ": is a plain number, but column "
                      + match.columns().get(orderBy)
                      + " holds times. Give a span of time, such as 30 min."
                  : ": is a span of time, but column "
                      + match.columns().get(orderBy)
                      + " holds whole numbers. Give a whole number in its unit."));
    }
    return gap.amount();
  }

  /**
   * How many numbers each numeric column gives, by the names of an observation space that was made
   * from such a log.
   *
   * @param problems where it is added when the space is of another log
   */
  public List<Integer> widths(ObservationSpace space, List<String> problems) {
    List<Integer> widths = new ArrayList<>();
    int field = 0;
    for (int column : numeric) {
      String name = columns.get(column);
      int width = 0;
      if (!types.get(column).isList()) {
        width = field < space.numeric().size() && space.numeric().get(field).equals(name) ? 1 : 0;
      } else {
        while (field + width < space.numeric().size()
            && space.numeric().get(field + width).equals(name + "." + width)) {
          width++;
        }
      }
      widths.add(width);
      field += width;
    }
    List<String> categories =
        space.categorical().stream().map(ObservationSpace.CategoricalField::name).toList();
    List<String> mapped = categorical.stream().map(columns::get).toList();
    if (widths.contains(0) || field != space.numeric().size() || !mapped.equals(categories)) {
      List<String> all = new ArrayList<>(numeric.stream().map(columns::get).toList());
      all.addAll(mapped);
      List<String> known = new ArrayList<>(space.numeric());
      known.addAll(categories);
      problems.add(
          "the mapping shows "
              + String.join(", ", all)
              + ", but the observation known so far is "
              + String.join(", ", known)
              + ".");
    }
    return widths;
  }

  /** Whether rows say which actions are admissible. */
  public boolean hasMask() {
    return mask != NONE;
  }

  /** Whether rows have propensities. */
  public boolean hasPropensity() {
    return propensity != NONE;
  }

  /** Whether rows say how long their steps took. */
  public boolean hasDuration() {
    return duration != NONE;
  }

  /** Whether rows say if they are demonstrations. */
  public boolean hasDemonstration() {
    return demonstration != NONE;
  }

  /** What episodes are labelled with. */
  public List<String> labelNames() {
    return labels.stream().map(columns::get).toList();
  }

  /** Whether what is seen after an action is mapped. */
  public boolean hasNextObservation() {
    return !nextNumeric.isEmpty() || !nextCategorical.isEmpty();
  }
}
