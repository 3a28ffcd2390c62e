package dev.hindcast.ingestion.mapping;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.ObservationSpace.CategoricalField;
import dev.hindcast.ingestion.mapping.UnmappedRow.Trouble;
import java.io.Serializable;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * Makes events from rows. It converts and never judges: values that are there but wrong are for the
 * checks. Safe for use from several threads.
 */
public final class EventMapper implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final boolean[] NO_MASK = {};
  private static final double[] NO_PARTS = {};
  private static final long MICROS_A_DAY = TimeUnit.DAYS.toMicros(1);

  private final ResolvedMapping mapping;
  private final List<Integer> widths;
  private final int numbers;
  private final List<HashMap<String, Integer>> codes = new ArrayList<>();
  private final int actions;
  private final int dimensions;

  /**
   * A mapper for one log.
   *
   * @param space the observation space, whose dictionaries give the codes
   * @param widths how many numbers each numeric column gives
   */
  public EventMapper(ResolvedMapping mapping, ObservationSpace space, List<Integer> widths) {
    this.mapping = mapping;
    this.widths = List.copyOf(widths);
    numbers = space.numeric().size();
    for (CategoricalField field : space.categorical()) {
      HashMap<String, Integer> codeOf = new HashMap<>();
      for (int i = 0; i < field.values().size(); i++) {
        codeOf.put(field.values().get(i), i + 1);
      }
      codes.add(codeOf);
    }
    actions = mapping.actionSpace() instanceof ActionSpace.Discrete discrete ? discrete.size() : 0;
    dimensions = mapping.actionSpace() instanceof ActionSpace.Box box ? box.dimensions() : 0;
  }

  /** The columns it reads, in the order in which {@link LogRow#value} is asked for them. */
  public List<String> columns() {
    return mapping.columns();
  }

  /** An event, or what keeps the row from being one. */
  public MappedRow map(LogRow row) {
    String episodeId = episodeId(row);
    if (episodeId.isEmpty()) {
      return new UnmappedRow("", OptionalLong.empty(), Trouble.MISSING_EPISODE_ID, "");
    }
    OptionalLong order = OptionalLong.empty();
    try {
      order = OptionalLong.of(order(row));
      return event(row, episodeId, order);
    } catch (CannotMap e) {
      return new UnmappedRow(episodeId, order, e.trouble, e.getMessage());
    }
  }

  /** What is seen in a row before the action; what was done, and what came of it, is not read. */
  Moment moment(LogRow row) {
    String episodeId = episodeId(row);
    if (episodeId.isEmpty()) {
      return new Moment("", OptionalLong.empty(), Optional.empty(), "the episode id is empty");
    }
    OptionalLong order = OptionalLong.empty();
    try {
      order = OptionalLong.of(order(row));
      Event.Seen seen = seen(row, mapping.numeric(), mapping.categorical(), mapping.mask());
      return new Moment(episodeId, order, Optional.of(seen), "");
    } catch (CannotMap e) {
      return new Moment(episodeId, order, Optional.empty(), e.getMessage());
    }
  }

  /**
   * What tells the row's episode from others: the text of the id's column; of several columns their
   * texts joined by slashes, slashes inside them written as %2F. Empty when one of them is.
   */
  public String episodeId(LogRow row) {
    if (mapping.episodeId().size() == 1) {
      return text(row, mapping.episodeId().get(0));
    }
    StringBuilder id = new StringBuilder();
    for (int column : mapping.episodeId()) {
      String part = text(row, column).replace("%", "%25").replace("/", "%2F");
      if (part.isEmpty()) {
        return "";
      }
      id.append(id.length() == 0 ? "" : "/").append(part);
    }
    return id.toString();
  }

  private static String text(LogRow row, int column) {
    Object value = row.value(column);
    return value == null ? "" : CategoricalField.text(value);
  }

  private Event event(LogRow row, String episodeId, OptionalLong order) throws CannotMap {
    double[] parts = rewardParts(row);
    double reward = 0;
    for (int i = 0; i < parts.length; i++) {
      reward += mapping.rewardWeights().get(i) * parts[i];
    }
    Event.Seen seen = seen(row, mapping.numeric(), mapping.categorical(), mapping.mask());
    boolean terminated = flag(row, mapping.terminated());
    boolean truncated = flag(row, mapping.truncated());
    return new Event(
        episodeId,
        order,
        seen,
        dimensions > 0 ? -1 : action(row),
        dimensions > 0 ? vector(row) : new float[0],
        reward,
        mapping.rewardComponents().isEmpty() ? NO_PARTS : parts,
        propensity(row),
        terminated,
        truncated,
        mapping.hasDuration() ? number(needed(row, mapping.duration())) : 1,
        isDemonstration(row),
        labels(row),
        terminated && !truncated ? Optional.empty() : next(row));
  }

  /** What is not there is an empty label: nothing hangs on it that would be worth an episode. */
  private String[] labels(LogRow row) {
    String[] labels = new String[mapping.labels().size()];
    for (int i = 0; i < labels.length; i++) {
      int column = mapping.labels().get(i);
      labels[i] =
          mapping.types().get(column) == ColumnType.TIME && row.value(column) != null
              ? day((Long) row.value(column))
              : text(row, column);
    }
    return labels;
  }

  /** The day of a moment in microseconds, in universal time. */
  private static String day(long micros) {
    return LocalDate.ofEpochDay(Math.floorDiv(micros, MICROS_A_DAY)).toString();
  }

  private double[] rewardParts(LogRow row) throws CannotMap {
    double[] parts = new double[mapping.reward().size()];
    for (int i = 0; i < parts.length; i++) {
      int column = mapping.reward().get(i);
      Object value = row.value(column);
      if (value == null) {
        throw new CannotMap(Trouble.REWARD_MISSING, name(column) + " is empty");
      }
      parts[i] = number(value);
    }
    return parts;
  }

  private boolean isDemonstration(LogRow row) throws CannotMap {
    if (mapping.demonstrationValues().isEmpty()) {
      return flag(row, mapping.demonstration());
    }
    // a row without the value is no demonstration: nothing says that it is one
    return mapping.demonstrationValues().contains(text(row, mapping.demonstration()));
  }

  private long order(LogRow row) throws CannotMap {
    int column = mapping.step() == ResolvedMapping.NONE ? mapping.orderBy() : mapping.step();
    return column == ResolvedMapping.NONE ? 0 : ((Number) needed(row, column)).longValue();
  }

  private Event.Seen seen(LogRow row, List<Integer> numeric, List<Integer> categorical, int mask)
      throws CannotMap {
    float[] values = new float[numbers];
    int filled = 0;
    for (int i = 0; i < numeric.size(); i++) {
      filled = numbers(row, numeric.get(i), widths.get(i), values, filled);
    }
    int[] found = new int[categorical.size()];
    for (int i = 0; i < found.length; i++) {
      String text = CategoricalField.text(needed(row, categorical.get(i)));
      found[i] = codes.get(i).getOrDefault(text, 0);
    }
    return new Event.Seen(values, found, mask == ResolvedMapping.NONE ? NO_MASK : mask(row, mask));
  }

  /** Numbers of the observation; NaN where there is none. */
  private int numbers(LogRow row, int column, int width, float[] into, int from) throws CannotMap {
    Object value = row.value(column);
    if (value == null) {
      Arrays.fill(into, from, from + width, Float.NaN);
      return from + width;
    }
    if (!(value instanceof List<?> list)) {
      into[from] = (float) number(value);
      return from + 1;
    }
    if (list.size() != width) {
      throw new CannotMap(
          Trouble.WRONG_LIST_LENGTH,
          name(column) + " has " + list.size() + " elements, but most rows have " + width);
    }
    int place = from;
    for (Object element : list) {
      into[place++] = element == null ? Float.NaN : (float) number(element);
    }
    return place;
  }

  private int action(LogRow row) throws CannotMap {
    int column = mapping.action().get(0);
    long action = ((Number) needed(row, column)).longValue();
    return (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, action));
  }

  private float[] vector(LogRow row) throws CannotMap {
    float[] vector = new float[dimensions];
    int place = 0;
    for (int column : mapping.action()) {
      Object value = needed(row, column);
      List<?> parts = value instanceof List<?> list ? list : List.of(value);
      for (Object part : parts) {
        if (part == null) {
          throw new CannotMap(Trouble.MISSING_VALUE, name(column) + " has an empty element");
        }
        if (place < dimensions) {
          vector[place] = (float) number(part);
        }
        place++;
      }
    }
    if (place != dimensions) {
      throw new CannotMap(
          Trouble.WRONG_LIST_LENGTH,
          "the action has " + place + " coordinates, but its box has " + dimensions);
    }
    return vector;
  }

  private boolean[] mask(LogRow row, int column) throws CannotMap {
    List<?> list = (List<?>) needed(row, column);
    boolean[] mask = new boolean[actions];
    boolean ofFlags = mapping.types().get(column) == ColumnType.FLAG_LIST;
    if (ofFlags && list.size() != actions) {
      throw new CannotMap(
          Trouble.INVALID_MASK,
          name(column) + " has " + list.size() + " flags, but there are " + actions + " actions");
    }
    int place = 0;
    for (Object element : list) {
      if (element == null) {
        throw new CannotMap(Trouble.INVALID_MASK, name(column) + " has an empty element");
      }
      if (ofFlags) {
        mask[place++] = (Boolean) element;
        continue;
      }
      long action = ((Number) element).longValue();
      if (action < 0 || action >= actions) {
        throw new CannotMap(
            Trouble.INVALID_MASK,
            name(column) + " names action " + action + ", but there are 0 to " + (actions - 1));
      }
      mask[(int) action] = true;
    }
    return mask;
  }

  private double propensity(LogRow row) throws CannotMap {
    if (mapping.propensity() == ResolvedMapping.NONE) {
      return 1;
    }
    double value = number(needed(row, mapping.propensity()));
    return mapping.propensityIsLog() ? Math.exp(value) : value;
  }

  /** What follows may well be empty or infinite where an episode ends: then it is not known. */
  private Optional<Event.Seen> next(LogRow row) {
    if (!mapping.hasNextObservation()) {
      return Optional.empty();
    }
    try {
      Event.Seen next =
          seen(row, mapping.nextNumeric(), mapping.nextCategorical(), mapping.nextMask());
      boolean isAnythingKnown = next.numbers().length == 0;
      for (float number : next.numbers()) {
        if (Float.isInfinite(number)) {
          return Optional.empty();
        }
        isAnythingKnown |= !Float.isNaN(number);
      }
      return isAnythingKnown ? Optional.of(next) : Optional.empty();
    } catch (CannotMap e) {
      return Optional.empty();
    }
  }

  private boolean flag(LogRow row, int column) throws CannotMap {
    if (column == ResolvedMapping.NONE) {
      return false;
    }
    double number = number(needed(row, column));
    if (number != 0 && number != 1) {
      throw new CannotMap(Trouble.INVALID_FLAG, name(column) + " is " + row.value(column));
    }
    return number == 1;
  }

  private Object needed(LogRow row, int column) throws CannotMap {
    Object value = row.value(column);
    if (value == null) {
      throw new CannotMap(Trouble.MISSING_VALUE, name(column) + " is empty");
    }
    return value;
  }

  private String name(int column) {
    return mapping.columns().get(column);
  }

  private static double number(Object value) {
    return value instanceof Boolean flag ? (flag ? 1 : 0) : ((Number) value).doubleValue();
  }

  /**
   * Leaves the mapping of one row early; always caught in {@link #map}, {@link #moment} or {@link
   * #next}.
   */
  private static final class CannotMap extends Exception {
    private final Trouble trouble;

    CannotMap(Trouble trouble, String detail) {
      super(detail, null, false, false);
      this.trouble = trouble;
    }
  }
}
