package dev.hindcast.ingestion.mapping;

import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.ObservationSpace.CategoricalField;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What must be known of a whole log before its rows can be mapped: how many there are, how long
 * lists are, and which values categories have. Gathered in one pass, in parts that merge.
 */
public final class LogProfile implements Serializable {
  private static final long serialVersionUID = 1L;

  /** More different values than this are no category. */
  public static final int MOST_VALUES = 100_000;

  private final ResolvedMapping mapping;
  private final List<TreeMap<Integer, Long>> lengths = new ArrayList<>();
  private final List<HashSet<String>> values = new ArrayList<>();
  private long rows;

  /** Nothing seen yet. */
  public LogProfile(ResolvedMapping mapping) {
    this.mapping = mapping;
    mapping.numeric().forEach(column -> lengths.add(new TreeMap<>()));
    mapping.categorical().forEach(column -> values.add(new HashSet<>()));
  }

  /** Looks at a row. */
  public void add(LogRow row) {
    rows++;
    for (int i = 0; i < lengths.size(); i++) {
      if (row.value(mapping.numeric().get(i)) instanceof List<?> list) {
        lengths.get(i).merge(list.size(), 1L, Long::sum);
      }
    }
    for (int i = 0; i < values.size(); i++) {
      Object value = row.value(mapping.categorical().get(i));
      if (value != null && values.get(i).size() <= MOST_VALUES) {
        values.get(i).add(CategoricalField.text(value));
      }
    }
  }

  /** Adds what another part has seen. */
  public LogProfile merge(LogProfile other) {
    rows += other.rows;
    for (int i = 0; i < lengths.size(); i++) {
      Map<Integer, Long> mine = lengths.get(i);
      other.lengths.get(i).forEach((length, count) -> mine.merge(length, count, Long::sum));
    }
    for (int i = 0; i < values.size(); i++) {
      values.get(i).addAll(other.values.get(i));
    }
    return this;
  }

  /** How many rows. */
  public long rows() {
    return rows;
  }

  /**
   * How many numbers each numeric column gives: 1, or the most frequent length of its lists (the
   * longer among equals).
   */
  public List<Integer> widths() {
    List<Integer> widths = new ArrayList<>();
    for (int i = 0; i < lengths.size(); i++) {
      boolean isList = mapping.types().get(mapping.numeric().get(i)).isList();
      widths.add(
          isList
              ? lengths.get(i).entrySet().stream()
                  .max(
                      Map.Entry.<Integer, Long>comparingByValue()
                          .thenComparing(Map.Entry.comparingByKey()))
                  .map(Map.Entry::getKey)
                  .orElse(0)
              : 1);
    }
    return widths;
  }

  /**
   * The observation space: list columns become one field per element, dictionaries are sorted (by
   * number when all values are whole numbers, otherwise by text).
   *
   * @throws UserError (data) when a category has too many values
   */
  public ObservationSpace observationSpace() {
    List<String> numeric = new ArrayList<>();
    List<Integer> widths = widths();
    for (int i = 0; i < widths.size(); i++) {
      int column = mapping.numeric().get(i);
      String name = mapping.columns().get(column);
      if (!mapping.types().get(column).isList()) {
        numeric.add(name);
        continue;
      }
      for (int element = 0; element < widths.get(i); element++) {
        numeric.add(name + "." + element);
      }
    }
    List<CategoricalField> categorical = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      String name = mapping.columns().get(mapping.categorical().get(i));
      if (values.get(i).size() > MOST_VALUES) {
        throw UserError.data(
            String.format(
                Locale.ROOT,
                "Cannot use column %s as a category: it has more than %,d different values. Map it as numeric if it is a quantity, or leave it out if it is an identifier.",
                name,
                MOST_VALUES));
      }
      categorical.add(new CategoricalField(name, sorted(values.get(i))));
    }
    return new ObservationSpace(numeric, categorical);
  }

  private static List<String> sorted(Set<String> values) {
    boolean whole = values.stream().allMatch(value -> value.matches("-?\\d{1,18}"));
    return values.stream()
        .sorted(
            whole ? Comparator.comparingLong(Long::parseLong) : Comparator.<String>naturalOrder())
        .toList();
  }
}
