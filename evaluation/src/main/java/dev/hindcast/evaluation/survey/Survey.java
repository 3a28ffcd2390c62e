package dev.hindcast.evaluation.survey;

import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.report.EvaluationReport.Remark;
import dev.hindcast.evaluation.diagnostic.Support;
import dev.hindcast.evaluation.returns.ReturnGrid;
import dev.hindcast.evaluation.survey.SegmentColumn.Holds;
import java.io.Serializable;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What is counted of a log before policies are looked at. */
public final class Survey implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final int MOST_LABELS = 10_000; // different ones of one column
  private static final int RETURN = 0; // its place among the numbers of sampled episodes

  private final double discount;
  private final List<SegmentColumn> columns;
  private final int segmentColumns; // the first of them; the others are counted alone
  private final List<long[]> counts; // by column: (codes) episodes that begin with each
  private final List<TreeMap<String, Long>> labels; // by column: episodes with each
  private final Support.Counter support = new Support.Counter();
  private final EpisodeSample sample = new EpisodeSample();
  private final RepeatedEpisodes repeated = new RepeatedEpisodes();
  private final TreeSet<Double> returns = new TreeSet<>(); // one more than fit a grid at most
  private double lowest = Double.POSITIVE_INFINITY;
  private double highest = Double.NEGATIVE_INFINITY;

  /**
   * Nothing yet.
   *
   * @param discount γ of returns
   * @param segments columns by which episodes are to be put together
   * @param counted labels of which it is to be known how many episodes have each value
   */
  public Survey(double discount, List<SegmentColumn> segments, List<SegmentColumn> counted) {
    this(
        discount,
        Stream.concat(segments.stream(), counted.stream()).distinct().toList(),
        segments.size());
  }

  private Survey(double discount, List<SegmentColumn> columns, int segmentColumns) {
    this.discount = discount;
    this.columns = List.copyOf(columns);
    this.segmentColumns = segmentColumns;
    labels = this.columns.stream().map(column -> new TreeMap<String, Long>()).toList();
    counts = this.columns.stream().map(column -> new long[column.values().size() + 1]).toList();
  }

  /** The same with nothing counted yet. */
  public Survey empty() {
    return new Survey(discount, columns, segmentColumns);
  }

  /** Adds a file of the evaluated part. */
  public Survey add(TransitionColumns file) {
    support.add(file);
    repeated.add(file);
    for (int e = 0; e < file.episodes(); e++) {
      double value = discountedReturn(file, e);
      lowest = Math.min(lowest, value);
      highest = Math.max(highest, value);
      if (returns.size() <= ReturnGrid.MOST) {
        returns.add(value);
      }
      count(file, e);
      if (sample.wants(file.episodeId(e))) {
        sample.add(file.episodeId(e), numbers(value, file, file.start(e)));
      }
    }
    return this;
  }

  /** Adds a file of the other part, which only says what the log supports. */
  public Survey addOther(TransitionColumns file) {
    support.add(file);
    return this;
  }

  /** Adds what another has counted. */
  public Survey merge(Survey other) {
    support.merge(other.support);
    sample.merge(other.sample);
    repeated.merge(other.repeated);
    for (int c = 0; c < counts.size(); c++) {
      for (int code = 0; code < counts.get(c).length; code++) {
        counts.get(c)[code] += other.counts.get(c)[code];
      }
      for (Map.Entry<String, Long> label : other.labels.get(c).entrySet()) {
        count(c, label.getKey(), label.getValue());
      }
    }
    returns.addAll(other.returns);
    while (returns.size() > ReturnGrid.MOST + 1) {
      returns.pollLast();
    }
    lowest = Math.min(lowest, other.lowest);
    highest = Math.max(highest, other.highest);
    return this;
  }

  /** What the log supports. */
  public Support support() {
    return support.build();
  }

  /** What to say of episodes that stand in the log twice. */
  public Optional<Remark> repeatedEpisodes() {
    return repeated.remark();
  }

  /** Where distributions of returns are looked at. */
  public ReturnGrid returns() {
    return returns.size() > ReturnGrid.MOST
        ? ReturnGrid.spanning(discount, sample.sorted(RETURN), lowest, highest)
        : ReturnGrid.of(discount, returns.stream().mapToDouble(Double::doubleValue).toArray());
  }

  /** How many episodes of the evaluated part have each value of a label. */
  public Map<String, Long> episodesBy(String label) {
    for (int c = 0; c < columns.size(); c++) {
      if (columns.get(c).name().equals(label) && columns.get(c).holds() == Holds.LABELS) {
        return Collections.unmodifiableMap(labels.get(c));
      }
    }
    throw new IllegalArgumentException("No label '" + label + "' was counted.");
  }

  /** How episodes fall into segments. */
  public Segmentation segments() {
    Segmentation.Builder segments = new Segmentation.Builder();
    for (int c = 0; c < segmentColumns; c++) {
      SegmentColumn column = columns.get(c);
      switch (column.holds()) {
        case NUMBERS -> segments.numbers(column, sample.sorted(c + 1));
        case CATEGORIES -> segments.categories(column, counts.get(c));
        case LABELS -> segments.labels(column, labels.get(c));
        default -> throw new IllegalStateException(column.toString());
      }
    }
    return segments.build();
  }

  private void count(TransitionColumns file, int episode) {
    int first = file.start(episode) * file.observationSpace().categorical().size();
    for (int c = 0; c < columns.size(); c++) {
      SegmentColumn column = columns.get(c);
      if (column.holds() == Holds.CATEGORIES) {
        counts.get(c)[file.categories()[first + column.place()]]++;
      } else if (column.holds() == Holds.LABELS) {
        count(c, file.label(episode, column.place()), 1);
      }
    }
  }

  private void count(int column, String label, long episodes) {
    TreeMap<String, Long> found = labels.get(column);
    found.merge(label, episodes, Long::sum);
    if (found.size() > MOST_LABELS) {
      throw UserError.data(
          "Cannot evaluate by segments of "
              + columns.get(column).name()
              + ": it has more than "
              + MOST_LABELS
              + " different values, such as '"
              + found.firstKey()
              + "' and '"
              + found.lastKey()
              + "'. Name a column that puts episodes together, such as a day or a market.");
    }
  }

  /** What is sampled of an episode: its return, and then a number for each column. */
  private double[] numbers(double value, TransitionColumns file, int row) {
    int fields = file.observationSpace().numeric().size();
    double[] numbers = new double[columns.size() + 1];
    numbers[RETURN] = value;
    for (int c = 0; c < columns.size(); c++) {
      if (columns.get(c).holds() == Holds.NUMBERS) {
        numbers[c + 1] = file.numeric()[row * fields + columns.get(c).place()];
      }
    }
    return numbers;
  }

  /** As estimators see it, to the last bit. */
  private double discountedReturn(TransitionColumns file, int episode) {
    double sum = 0;
    double factor = 1;
    for (int row = file.start(episode); row < file.end(episode); row++) {
      sum += factor * file.reward(row);
      factor *= file.discount(row, discount);
    }
    return sum;
  }
}
