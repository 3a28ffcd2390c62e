package dev.hindcast.ingestion.mapping;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.ObservationSpace.CategoricalField;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The part of a mapping that is needed to choose actions: what tells rows apart, what a policy is
 * shown, and what is admissible. Observation columns are looked up by the names that the policy
 * knows them by, so that the order of a log's columns, or more of them, change nothing.
 *
 * @param columns the mapping; actions, rewards and what follows them are not mapped
 * @param widths how many numbers each numeric column gives
 */
public record DecisionMapping(ResolvedMapping columns, List<Integer> widths)
    implements Serializable {
  private static final ColumnMatching.Need LIST =
      new ColumnMatching.Need(
          EnumSet.of(ColumnType.WHOLE_LIST, ColumnType.NUMBER_LIST, ColumnType.FLAG_LIST),
          "lists of numbers");

  /** Copies the list. */
  public DecisionMapping {
    widths = List.copyOf(widths);
  }

  /**
   * Finds the columns in a log.
   *
   * @param space what the policy must be shown
   * @param problems where what is wrong is added, one sentence each
   * @return the mapping; not to be used when there were problems
   */
  public static DecisionMapping of(
      FieldMapping mapping, ObservationSpace space, LogSchema schema, List<String> problems) {
    ColumnMatching match = new ColumnMatching(schema, problems);
    List<Integer> id = match.each(mapping.episodeId(), ColumnMatching.KEY);
    int step = match.optional(mapping.step(), ColumnMatching.STEP);
    int orderBy = match.optional(mapping.orderBy(), ColumnMatching.ORDER);
    List<Integer> numeric = new ArrayList<>();
    List<Integer> widths = new ArrayList<>();
    List<String> names = space.numeric();
    for (int i = 0; i < names.size(); i += widths.get(widths.size() - 1)) {
      Optional<String> list = list(names.get(i), schema.columns());
      widths.add(list.map(name -> width(name, space.numeric())).orElse(1));
      numeric.add(
          match.one(
              shown(list.orElse(names.get(i))), list.isPresent() ? LIST : ColumnMatching.NUMBER));
    }
    List<Integer> categorical =
        match.each(
            space.categorical().stream()
                .map(CategoricalField::name)
                .map(DecisionMapping::shown)
                .toList(),
            ColumnMatching.CATEGORY);
    int mask = match.optional(mapping.action().mask(), ColumnMatching.MASK);
    return new DecisionMapping(
        new ResolvedMapping(
            match.columns(),
            match.types(),
            id,
            step,
            orderBy,
            0,
            mapping.ends().orElse(FieldMapping.Ending.TRUNCATED),
            numeric,
            categorical,
            List.of(),
            List.of(),
            ResolvedMapping.NONE,
            List.of(),
            mapping.action().space(),
            mask,
            List.of(),
            List.of(),
            List.of(),
            ResolvedMapping.NONE,
            ResolvedMapping.NONE,
            ResolvedMapping.NONE,
            false,
            ResolvedMapping.NONE,
            Set.of(),
            ResolvedMapping.NONE,
            List.of()),
        widths);
  }

  /** How many actions there are to choose from; 0 in a box. */
  int actions() {
    return columns.actionSpace() instanceof ActionSpace.Discrete discrete ? discrete.size() : 0;
  }

  /** Whether rows of an episode are told apart. */
  boolean isOrdered() {
    return columns.step() != ResolvedMapping.NONE || columns.orderBy() != ResolvedMapping.NONE;
  }

  private static Column shown(String name) {
    return new Column(name, "what the policy must be shown");
  }

  /** The list column whose first element a field is. */
  private static Optional<String> list(String field, Map<String, ColumnType> columns) {
    return field.endsWith(".0") && !columns.containsKey(field)
        ? Optional.of(field.substring(0, field.length() - 2)).filter(columns::containsKey)
        : Optional.empty();
  }

  private static int width(String list, List<String> fields) {
    int first = fields.indexOf(list + ".0");
    int width = 1;
    while (first + width < fields.size() && fields.get(first + width).equals(list + "." + width)) {
      width++;
    }
    return width;
  }
}
