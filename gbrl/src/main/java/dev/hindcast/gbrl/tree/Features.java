package dev.hindcast.gbrl.tree;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.core.config.Require;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.TransitionColumns;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What trees see of a decision: every numeric field as it is in the log (trees ask only whether it
 * is below a threshold, so there is no normalizer), every categorical field by its code, and on
 * request the action.
 *
 * <p>A number that is missing is NaN; at every split training chooses the side to which missing
 * ones go. Codes are those of {@link ObservationSpace.CategoricalField}: 0 is any value that is not
 * in the dictionary. It is a category like others where the training data has it; where they do
 * not, it goes with those that a split does not single out.
 *
 * @param columns the inputs in their order: numeric fields, categorical ones, then the action
 */
public record Features(List<Column> columns) implements Serializable {
  private static final String ACTION = "action";

  /** One input of a tree. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Numeric.class, name = "numeric"),
    @JsonSubTypes.Type(value = Categorical.class, name = "categorical")
  })
  public sealed interface Column extends Serializable {
    /** The name of the field, or of the action. */
    String name();
  }

  /**
   * A number, or NaN.
   *
   * @param name of the field
   */
  public record Numeric(String name) implements Column {}

  /**
   * One of finitely many values without an order.
   *
   * @param name of the field
   * @param values what each code from 0 stands for
   */
  public record Categorical(String name, List<String> values) implements Column {
    /** Copies the dictionary. */
    public Categorical {
      values = List.copyOf(values);
    }
  }

  /** Checks that there is something to see and that no name stands twice. */
  public Features {
    columns = List.copyOf(columns);
    Require.that(!columns.isEmpty(), "Trees need at least one feature.");
    Set<String> names = new HashSet<>();
    columns.forEach(
        column ->
            Require.that(
                names.add(column.name()), "Feature '" + column.name() + "' stands twice."));
  }

  /** The fields of an observation. */
  public static Features of(ObservationSpace space) {
    List<Column> columns = new ArrayList<>();
    space.numeric().forEach(name -> columns.add(new Numeric(name)));
    space
        .categorical()
        .forEach(
            field -> {
              List<String> values = new ArrayList<>(List.of("any other value"));
              values.addAll(field.values());
              columns.add(new Categorical(field.name(), values));
            });
    return new Features(columns);
  }

  /**
   * The fields of an observation and the action, for one function of both. A discrete action is one
   * categorical feature: {@link Growth#maxCategoriesToOneHot} says whether splits single out one
   * action or gather several. An action of a box is a number for each coordinate, in its own units.
   */
  public static Features withAction(ObservationSpace space, ActionSpace actionSpace) {
    List<Column> columns = new ArrayList<>(of(space).columns());
    Set<String> taken = new HashSet<>();
    columns.forEach(column -> taken.add(column.name()));
    if (actionSpace instanceof ActionSpace.Discrete discrete) {
      List<String> actions =
          IntStream.range(0, discrete.size()).mapToObj(Integer::toString).toList();
      columns.add(new Categorical(free(ACTION, taken), actions));
    } else {
      int d = ((ActionSpace.Box) actionSpace).dimensions();
      for (int j = 0; j < d; j++) {
        columns.add(new Numeric(free(d == 1 ? ACTION : ACTION + "_" + j, taken)));
      }
    }
    return new Features(columns);
  }

  /** A field of the log may have the name already. */
  private static String free(String name, Set<String> taken) {
    return taken.contains(name) ? free(name + "_taken", taken) : name;
  }

  /** How many there are. */
  public int width() {
    return columns.size();
  }

  /** Their names, in order. */
  public List<String> names() {
    return columns.stream().map(Column::name).toList();
  }

  /** Whether one of them is a category. */
  public boolean isCategorical(int column) {
    return columns.get(column) instanceof Categorical;
  }

  /** Of names, order and dictionaries: trees mean nothing for features of another fingerprint. */
  public Fingerprint fingerprint() {
    return Fingerprint.ofJson(this);
  }

  /**
   * A value in the words of the log: a number, {@code missing}, or the category that a code stands
   * for.
   */
  public String inWords(int column, float value) {
    if (Float.isNaN(value)) {
      return "missing";
    }
    if (columns.get(column) instanceof Categorical categorical) {
      int code = (int) value;
      return code >= 0 && code < categorical.values().size()
          ? categorical.values().get(code)
          : "unknown";
    }
    return value == Math.rint(value) && Math.abs(value) < 1e7
        ? Integer.toString((int) value)
        : Float.toString(value);
  }

  /**
   * (size, width): the features of decisions, without an action.
   *
   * @throws UserError when a number is infinite
   */
  public float[] rows(Decisions decisions) {
    return filled(decisions, 0);
  }

  /**
   * (observation rows, width): as {@link #rows(Decisions)} of rows of a dataset.
   *
   * @param wanted rows of {@link TransitionColumns#numeric} and its like
   */
  public float[] rows(TransitionColumns data, int[] wanted) {
    return filled(data.numeric(), data.categories(), wanted, 0);
  }

  /**
   * (size, width): with one discrete action for each decision.
   *
   * @param actions (size)
   */
  public float[] rows(Decisions decisions, int[] actions) {
    float[] rows = filled(decisions, 1);
    for (int row = 0; row < actions.length; row++) {
      rows[(row + 1) * width() - 1] = actions[row];
    }
    return rows;
  }

  /**
   * (size, width): with one point of a box for each decision.
   *
   * @param actions (size, dimensions), in the box's units
   */
  public float[] rows(Decisions decisions, float[] actions) {
    int d = decisions.size() == 0 ? 0 : actions.length / decisions.size();
    float[] rows = filled(decisions, d);
    for (int row = 0; row < decisions.size(); row++) {
      System.arraycopy(actions, row * d, rows, (row + 1) * width() - d, d);
    }
    return rows;
  }

  private float[] filled(Decisions decisions, int extra) {
    Require.that(
        decisions.numeric().length + decisions.categories().length
            == decisions.size() * (width() - extra),
        "Decisions with "
            + (decisions.numeric().length + decisions.categories().length)
            + " inputs in "
            + decisions.size()
            + " rows do not fit the features "
            + names()
            + ".");
    return filled(
        decisions.numeric(),
        decisions.categories(),
        IntStream.range(0, decisions.size()).toArray(),
        extra);
  }

  private float[] filled(float[] numbers, int[] codes, int[] wanted, int extra) {
    int n = 0;
    while (n < width() - extra && !isCategorical(n)) {
      n++;
    }
    int c = width() - extra - n;
    float[] rows = new float[Math.multiplyExact(wanted.length, width())];
    for (int i = 0; i < wanted.length; i++) {
      int at = i * width();
      for (int j = 0; j < n; j++) {
        rows[at + j] = finiteOrMissing(numbers[wanted[i] * n + j], j);
      }
      for (int j = 0; j < c; j++) {
        rows[at + n + j] = codes[wanted[i] * c + j];
      }
    }
    return rows;
  }

  private float finiteOrMissing(float value, int column) {
    if (Float.isInfinite(value)) {
      throw UserError.data(
          "Cannot show field "
              + columns.get(column).name()
              + " to trees: it is "
              + value
              + " in a row. Leave it empty where it is not known, or cut it to a finite number.");
    }
    return value;
  }
}
