package dev.hindcast.core.policy;

import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.data.ObservationSpace;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A policy given as a table of action probabilities: looked up by named observation fields, or by
 * episode and step. Made elsewhere, judged here.
 */
public final class TablePolicy implements Policy {
  private static final long serialVersionUID = 1L;

  /**
   * Rows may miss 1 by this much and are taken as they are; more is refused, since it usually means
   * masked actions.
   */
  public static final double TOLERANCE = 1e-6;

  private final String name;
  private final int actions;
  private final Key key;
  private final HashMap<String, double[]> rows;

  /**
   * What rows are looked up by.
   *
   * @param numeric indices of numeric observation fields
   * @param categorical indices of categorical observation fields; both empty: by episode and step
   */
  public record Key(List<Integer> numeric, List<Integer> categorical)
      implements java.io.Serializable {
    /** Copies the lists. */
    public Key {
      numeric = List.copyOf(numeric);
      categorical = List.copyOf(categorical);
    }

    /** By episode id and step. */
    public static final Key EPISODE_AND_STEP = new Key(List.of(), List.of());

    /**
     * The text under which a decision's row is stored: category texts as in the dictionary, numbers
     * by their float value.
     */
    public String of(Decisions decisions, int row, ObservationSpace space) {
      if (numeric.isEmpty() && categorical.isEmpty()) {
        return of(decisions.episodeIds()[row], decisions.steps()[row]);
      }
      StringBuilder text = new StringBuilder();
      for (int field : categorical) {
        int code = decisions.categories()[row * space.categorical().size() + field];
        append(
            text, code == 0 ? "(unknown)" : space.categorical().get(field).values().get(code - 1));
      }
      for (int field : numeric) {
        append(text, Float.toString(decisions.numeric()[row * space.numeric().size() + field]));
      }
      return text.toString();
    }

    /** The text for an episode and step. */
    public static String of(String episodeId, int step) {
      StringBuilder text = new StringBuilder();
      append(text, episodeId);
      append(text, Integer.toString(step));
      return text.toString();
    }

    /** The text for field values in the order categorical, then numeric. */
    public static String of(List<String> values) {
      StringBuilder text = new StringBuilder();
      values.forEach(value -> append(text, value));
      return text.toString();
    }

    private static void append(StringBuilder text, String value) {
      text.append(value.length()).append(':').append(value);
    }
  }

  private final ObservationSpace space;

  /**
   * A policy from looked-up rows.
   *
   * @param name what people call it
   * @param space the observation space that the key's indices refer to
   * @param rows probabilities (actions) by the texts of {@link Key}
   */
  public TablePolicy(
      String name, int actions, ObservationSpace space, Key key, Map<String, double[]> rows) {
    this.name = name;
    this.actions = actions;
    this.space = space;
    this.key = key;
    this.rows = new HashMap<>(rows);
  }

  @Override
  public ActionDistribution.Categorical distribution(Decisions decisions) {
    double[] probabilities = new double[decisions.size() * actions];
    for (int row = 0; row < decisions.size(); row++) {
      double[] found = rows.get(key.of(decisions, row, space));
      if (found == null) {
        throw UserError.data(
            "Cannot evaluate policy "
                + name
                + ": its table has no probabilities for "
                + where(decisions, row)
                + ". Add the row, or leave the policy out.");
      }
      double sum = Arrays.stream(found).sum();
      if (!(Math.abs(sum - 1) <= TOLERANCE)) {
        throw UserError.data(
            String.format(
                Locale.ROOT,
                "Cannot evaluate policy %s: its probabilities for %s sum to %s, not 1. The usual reason is that masked actions were cut off without sharing out their mass.",
                name,
                where(decisions, row),
                sum));
      }
      System.arraycopy(found, 0, probabilities, row * actions, actions);
    }
    return new ActionDistribution.Categorical(decisions.size(), actions, probabilities);
  }

  private String where(Decisions decisions, int row) {
    StringBuilder text = new StringBuilder();
    for (int field : key.categorical()) {
      int code = decisions.categories()[row * space.categorical().size() + field];
      var values = space.categorical().get(field);
      text.append(values.name())
          .append('=')
          .append(code == 0 ? "(unknown)" : values.values().get(code - 1))
          .append(", ");
    }
    for (int field : key.numeric()) {
      text.append(space.numeric().get(field))
          .append('=')
          .append(decisions.numeric()[row * space.numeric().size() + field])
          .append(", ");
    }
    return text + "episode " + decisions.episodeIds()[row] + " step " + decisions.steps()[row];
  }
}
