package dev.hindcast.evaluation.survey;

import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.evaluation.survey.SegmentColumn.Holds;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * How the episodes of a log fall into segments, column by column, by what is seen at their first
 * step or by their labels. Categories and labels stand alone if there are few, else the most
 * frequent do and the others are put together; numbers are cut at their quartiles.
 */
public final class Segmentation implements Serializable {
  private static final long serialVersionUID = 1L;

  /** The most segments of one column of observations. */
  public static final int MOST = 20;

  /** The most segments of one label: two months of days. */
  public static final int MOST_OF_LABELS = 62;

  /** No column: no segments. */
  public static final Segmentation NONE = new Segmentation(List.of(), List.of());

  private static final int PARTS = 4; // of numbers
  private static final int NOWHERE = -1;

  private final List<Cut> cuts;
  private final List<Label> labels;

  private Segmentation(List<Cut> cuts, List<Label> labels) {
    this.cuts = List.copyOf(cuts);
    this.labels = List.copyOf(labels);
  }

  /**
   * What a segment is.
   *
   * @param column its column
   * @param name its value in words
   * @param kind what it holds
   */
  public record Label(String column, String name, Kind kind) implements Serializable {}

  /** What a segment holds. */
  public enum Kind {
    /** One category. */
    CATEGORY,
    /** Numbers from one to another. */
    RANGE,
    /** One label. */
    LABEL,
    /** Categories that the dictionary does not have. */
    UNKNOWN,
    /** Numbers or labels that are missing. */
    MISSING,
    /** All that is too rare to stand alone. */
    OTHER;

    /** The JSON spelling. */
    public String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How one column is cut; segments are counted over all columns. */
  @SuppressWarnings("ArrayRecordComponent") // a part of its class; never compared
  private record Cut(
      SegmentColumn column,
      int[] segmentOfCode,
      HashMap<String, Integer> segmentOfLabel,
      double[] borders,
      int first)
      implements Serializable {
    int segment(TransitionColumns columns, int episode) {
      int row = columns.start(episode);
      if (column.holds() == Holds.LABELS) {
        String label = columns.label(episode, column.place());
        return segmentOfLabel.getOrDefault(label, first + segmentOfLabel.size());
      }
      if (column.holds() == Holds.CATEGORIES) {
        int fields = columns.observationSpace().categorical().size();
        return segmentOfCode[columns.categories()[row * fields + column.place()]];
      }
      int fields = columns.observationSpace().numeric().size();
      double number = columns.numeric()[row * fields + column.place()];
      if (Double.isNaN(number)) {
        return first + borders.length + 1;
      }
      int part = 0;
      while (part < borders.length && number > borders[part]) {
        part++;
      }
      return first + part;
    }
  }

  /** The segments, in order. */
  public List<Label> labels() {
    return labels;
  }

  /** The segments of an episode: one for each column. */
  public int[] of(TransitionColumns columns, int episode) {
    return cuts.stream()
        .mapToInt(cut -> cut.segment(columns, episode))
        .filter(segment -> segment != NOWHERE)
        .toArray();
  }

  /** Puts segments together column by column. */
  static final class Builder {
    private final List<Cut> cuts = new ArrayList<>();
    private final List<Label> labels = new ArrayList<>();

    /**
     * Cuts a categorical column.
     *
     * @param counts (codes) how many episodes begin with each
     */
    Builder categories(SegmentColumn column, long[] counts) {
      int[] codes =
          IntStream.range(0, counts.length)
              .filter(code -> counts[code] > 0)
              .boxed()
              .sorted(Comparator.comparingLong(code -> -counts[code]))
              .mapToInt(Integer::intValue)
              .toArray();
      int alone = codes.length > MOST ? MOST - 1 : codes.length;
      int[] segmentOfCode = new int[counts.length];
      Arrays.fill(segmentOfCode, alone < codes.length ? labels.size() + alone : NOWHERE);
      int first = labels.size();
      for (int i = 0; i < alone; i++) {
        segmentOfCode[codes[i]] = labels.size();
        labels.add(
            codes[i] == 0
                ? new Label(column.name(), "not in the dictionary", Kind.UNKNOWN)
                : new Label(column.name(), column.values().get(codes[i] - 1), Kind.CATEGORY));
      }
      if (alone < codes.length) {
        String others = (codes.length - alone) + " others together";
        labels.add(new Label(column.name(), others, Kind.OTHER));
      }
      cuts.add(new Cut(column, segmentOfCode, new HashMap<>(), new double[0], first));
      return this;
    }

    /**
     * Puts episodes together by a label, in the order of its texts.
     *
     * @param counts how many episodes have each
     */
    Builder labels(SegmentColumn column, SortedMap<String, Long> counts) {
      int alone = counts.size() > MOST_OF_LABELS ? MOST_OF_LABELS - 1 : counts.size();
      Set<String> frequent =
          counts.entrySet().stream()
              .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
              .limit(alone)
              .map(Map.Entry::getKey)
              .collect(Collectors.toSet());
      HashMap<String, Integer> segmentOfLabel = new HashMap<>();
      int first = labels.size();
      for (String text : counts.keySet()) {
        if (frequent.contains(text)) {
          segmentOfLabel.put(text, labels.size());
          labels.add(
              text.isEmpty()
                  ? new Label(column.name(), "no value", Kind.MISSING)
                  : new Label(column.name(), text, Kind.LABEL));
        }
      }
      if (alone < counts.size()) {
        String others = (counts.size() - alone) + " others together";
        labels.add(new Label(column.name(), others, Kind.OTHER));
      }
      cuts.add(new Cut(column, new int[0], segmentOfLabel, new double[0], first));
      return this;
    }

    /**
     * Cuts a column of numbers at its quartiles.
     *
     * @param sample some of them, increasing
     */
    Builder numbers(SegmentColumn column, double[] sample) {
      TreeSet<Double> chosen = new TreeSet<>();
      for (int i = 1; i < PARTS && sample.length > 0; i++) {
        chosen.add(sample[(int) ((long) sample.length * i / PARTS)]);
      }
      if (!chosen.isEmpty() && chosen.last() >= sample[sample.length - 1]) {
        chosen.pollLast();
      }
      double[] borders = chosen.stream().mapToDouble(Double::doubleValue).toArray();
      int first = labels.size();
      for (int part = 0; part <= borders.length; part++) {
        labels.add(new Label(column.name(), words(borders, part), Kind.RANGE));
      }
      labels.add(new Label(column.name(), "no number", Kind.MISSING));
      cuts.add(new Cut(column, new int[0], new HashMap<>(), borders, first));
      return this;
    }

    Segmentation build() {
      return new Segmentation(cuts, labels);
    }

    private static String words(double[] borders, int part) {
      if (borders.length == 0) {
        return "any number";
      }
      if (part == 0) {
        return "up to " + text(borders[0]);
      }
      String over = "over " + text(borders[part - 1]);
      return part == borders.length ? over : over + " up to " + text(borders[part]);
    }

    private static String text(double border) {
      String number = Float.toString((float) border);
      return number.endsWith(".0") ? number.substring(0, number.length() - 2) : number;
    }
  }
}
