package dev.hindcast.core.data;

import java.io.Serializable;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What is seen before each action: numbers and categories, by name.
 *
 * @param numeric names of the numeric fields, in the order of their columns
 * @param categorical the categorical fields, in the order of their columns
 */
public record ObservationSpace(List<String> numeric, List<CategoricalField> categorical)
    implements Serializable {
  /** Checks that there is something to see and that no name stands twice. */
  public ObservationSpace {
    numeric = List.copyOf(numeric);
    categorical = List.copyOf(categorical);
    Set<String> seen = new HashSet<>();
    numeric.forEach(name -> once(seen, name));
    categorical.forEach(field -> once(seen, field.name()));
    if (seen.isEmpty()) {
      throw new IllegalArgumentException("An observation needs at least one field.");
    }
  }

  /** Numbers only, named x0, x1, ... */
  public static ObservationSpace ofNumbers(int dimensions) {
    return new ObservationSpace(
        java.util.stream.IntStream.range(0, dimensions).mapToObj(i -> "x" + i).toList(), List.of());
  }

  /** One categorical field named "state" with the values 0 .. states-1: a tabular world. */
  public static ObservationSpace ofStates(int states) {
    List<String> values =
        java.util.stream.IntStream.range(0, states).mapToObj(Integer::toString).toList();
    return new ObservationSpace(List.of(), List.of(new CategoricalField("state", values)));
  }

  private static void once(Set<String> seen, String name) {
    if (!seen.add(name)) {
      throw new IllegalArgumentException("Observation field '" + name + "' stands twice.");
    }
  }

  /**
   * A field with one of finitely many values. Code 0 means a value not in the dictionary; code i +
   * 1 means {@code values[i]}.
   *
   * @param name the field's name
   * @param values the dictionary, without repeats
   */
  public record CategoricalField(String name, List<String> values) implements Serializable {
    /** Copies the dictionary. */
    public CategoricalField {
      values = List.copyOf(values);
    }

    /**
     * How a value of a log or table is spelled in dictionaries: whole numbers without a fraction
     * whatever their type, so that 3, 3L and 3.0 are the same category.
     */
    public static String text(Object value) {
      if (value instanceof Float || value instanceof Double) {
        double number = ((Number) value).doubleValue();
        return number == Math.rint(number) && Math.abs(number) < 1e15
            ? Long.toString((long) number)
            : value.toString();
      }
      return value.toString();
    }

    /** How many codes there are, the one for unknown values included. */
    public int codes() {
      return values.size() + 1;
    }
  }
}
