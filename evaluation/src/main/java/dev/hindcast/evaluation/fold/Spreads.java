package dev.hindcast.evaluation.fold;

import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.evaluation.interval.Figure;
import dev.hindcast.evaluation.interval.Interval;
import dev.hindcast.evaluation.scoring.BehaviorLog;
import dev.hindcast.evaluation.scoring.ScoredLog;
import dev.hindcast.evaluation.survey.Segmentation;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The second pass: how far each estimate, and each difference to the incumbent, may be off. Sums of
 * later files are merged in file order.
 */
public final class Spreads implements Serializable {
  private static final long serialVersionUID = 1L;

  private final transient SpreadTask task;
  private final List<Integer> primaries;
  private final int incumbent;
  private final List<List<Spread>> spreads = new ArrayList<>();
  private final List<Spread> differences = new ArrayList<>();
  private final List<List<Spread>> components = new ArrayList<>();
  private final List<List<Spread>> componentDifferences = new ArrayList<>();
  private final List<WeightSpread> weights = new ArrayList<>();
  private final List<ReturnSpread> returns = new ArrayList<>();
  private final List<Segmentation.Label> labels;
  private final List<SegmentSums> segments = new ArrayList<>();

  /** Nothing yet. */
  public Spreads(SpreadTask task) {
    this.task = task;
    primaries = task.primaries();
    incumbent = task.incumbent();
    int replicates = task.task().replicates();
    labels = task.task().segments().labels();
    for (List<Linearized> lines : task.lines()) {
      spreads.add(none(lines));
      differences.add(new Spread(replicates));
      segments.add(new SegmentSums(labels.size()));
    }
    for (List<Linearized> lines : task.components()) {
      components.add(none(lines));
      componentDifferences.add(none(lines));
    }
    task.meanWeights().forEach(mean -> weights.add(new WeightSpread(mean, replicates)));
    for (int c = 0; c < task.returns().size(); c++) {
      returns.add(new ReturnSpread(task.returns().get(c), task.meanWeights().get(c), replicates));
    }
  }

  private List<Spread> none(List<Linearized> lines) {
    return lines.stream().map(line -> new Spread(task.task().replicates())).toList();
  }

  /** Adds every episode of a file. */
  public Spreads add(TransitionColumns columns) {
    BehaviorLog behavior = BehaviorLog.of(columns, task.task().behavior());
    List<ScoredLog> scored =
        task.task().candidates().stream()
            .map(item -> ScoredLog.of(behavior, item.candidate(), Optional.empty()))
            .toList();
    Chunk chunk = new Chunk(task.task().bootstrap());
    for (int e = 0; e < columns.episodes(); e++) {
      int place = chunk.draw(columns.episodeId(e));
      double[] pulls = new double[scored.size()];
      double[] centered = new double[scored.size()];
      for (int c = 0; c < scored.size(); c++) {
        var episode = scored.get(c).episode(e);
        centered[c] = episode.hasWeights() ? weights.get(c).centered(episode.finalWeight()) : 0;
        weights.get(c).add(centered[c], chunk, place);
        if (task.returns().get(c).isDefined()) {
          double value = episode.discountedReturn(task.task().returns().discount());
          returns.get(c).add(episode.finalWeight(), value, centered[c], chunk, place);
        }
        for (int k = 0; k < spreads.get(c).size(); k++) {
          double influence = task.lines().get(c).get(k).influence(episode);
          spreads.get(c).get(k).add(influence, centered[c], chunk, place);
          if (k == primaries.get(c)) {
            pulls[c] = influence;
          }
        }
      }
      addComponents(scored, e, centered, chunk, place);
      int[] places = task.task().segments().of(columns, e);
      for (int c = 0; c < scored.size(); c++) {
        double difference = pulls[c] - pulls[incumbent];
        differences.get(c).add(difference, centered[c], chunk, place);
        segments.get(c).add(places, pulls[c], difference, centered[c] + task.meanWeights().get(c));
      }
      if (chunk.isFull()) {
        chunk.settle();
      }
    }
    chunk.settle();
    return this;
  }

  private void addComponents(
      List<ScoredLog> scored, int episode, double[] centered, Chunk chunk, int place) {
    double[][] influences = new double[scored.size()][];
    for (int c = 0; c < influences.length; c++) {
      List<Linearized> lines = task.components().get(c);
      influences[c] = new double[lines.size()];
      for (int k = 0; k < lines.size(); k++) {
        influences[c][k] = lines.get(k).influence(scored.get(c).component(k, episode));
        components.get(c).get(k).add(influences[c][k], centered[c], chunk, place);
      }
    }
    double[] others = influences[incumbent];
    for (int c = 0; c < influences.length; c++) {
      for (int k = 0; k < Math.min(influences[c].length, others.length); k++) {
        componentDifferences
            .get(c)
            .get(k)
            .add(influences[c][k] - others[k], centered[c], chunk, place);
      }
    }
  }

  /** Adds the sums of later files. */
  public Spreads merge(Spreads later) {
    for (int c = 0; c < spreads.size(); c++) {
      differences.get(c).merge(later.differences.get(c));
      weights.get(c).merge(later.weights.get(c));
      returns.get(c).merge(later.returns.get(c));
      segments.get(c).merge(later.segments.get(c));
      for (int k = 0; k < spreads.get(c).size(); k++) {
        spreads.get(c).get(k).merge(later.spreads.get(c).get(k));
      }
      for (int k = 0; k < components.get(c).size(); k++) {
        components.get(c).get(k).merge(later.components.get(c).get(k));
        componentDifferences.get(c).get(k).merge(later.componentDifferences.get(c).get(k));
      }
    }
    return this;
  }

  /** The standard error of one of a candidate's estimates. */
  public double error(int candidate, int estimator, Totals totals) {
    return spreads.get(candidate).get(estimator).error((double) totals.log().episodes());
  }

  /** The interval of one of a candidate's estimates. */
  public Optional<Interval> interval(int candidate, int estimator, Totals totals, double level) {
    return interval(
        spreads.get(candidate).get(estimator),
        weights.get(candidate),
        new Replicated(
            totals.value(candidate, estimator),
            totals.replicateValues(candidate, estimator),
            totals.influences(candidate, estimator)),
        totals,
        level);
  }

  /** The standard error of the estimate of a component of the reward. */
  public double componentError(int candidate, int component, Totals totals) {
    return components.get(candidate).get(component).error((double) totals.log().episodes());
  }

  /** The interval of the estimate of a component of the reward. */
  public Optional<Interval> componentInterval(
      int candidate, int component, Totals totals, double level) {
    return interval(
        components.get(candidate).get(component),
        weights.get(candidate),
        new Replicated(
            totals.componentValue(candidate, component),
            totals.componentReplicates(candidate, component),
            totals.componentInfluences(candidate, component)),
        totals,
        level);
  }

  /**
   * The interval of how much more of a component a candidate earns than the incumbent, paired.
   *
   * @param value the difference of the estimates
   * @param replicates (replicates) the same in each replicate
   */
  public Optional<Interval> componentDifferenceInterval(
      int candidate,
      int component,
      double value,
      double[] replicates,
      Totals totals,
      double level) {
    return interval(
        componentDifferences.get(candidate).get(component),
        weights.get(candidate),
        new Replicated(
            value,
            replicates,
            Replicated.difference(
                totals.componentInfluences(candidate, component),
                totals.componentInfluences(incumbent, component))),
        totals,
        level);
  }

  /** What the segments are. */
  public List<Segmentation.Label> segmentLabels() {
    return labels;
  }

  /** A candidate in a segment. */
  public SegmentMoments segment(int candidate, int segment) {
    return segments.get(candidate).moments(segment);
  }

  /** The mean of a candidate's worst returns, with its interval. */
  public Figure tailMean(int candidate, Totals totals, double level) {
    double episodes = totals.log().episodes();
    return returns.get(candidate).tailMean(weights.get(candidate), episodes, totals.drawn(), level);
  }

  /** The variance of a candidate's returns, with its interval. */
  public Figure variance(int candidate, Totals totals, double level) {
    double episodes = totals.log().episodes();
    return returns.get(candidate).variance(weights.get(candidate), episodes, totals.drawn(), level);
  }

  /**
   * The interval of a difference to the incumbent, paired: the same episodes in the same
   * replicates.
   *
   * @param value the difference of the primary estimates
   * @param replicates (replicates) the same in each replicate
   */
  public Optional<Interval> differenceInterval(
      int candidate, double value, double[] replicates, Totals totals, double level) {
    return interval(
        differences.get(candidate),
        weights.get(candidate),
        new Replicated(value, replicates, differenceInfluences(candidate, totals)),
        totals,
        level);
  }

  /**
   * (replicates) How many of its own standard errors each replicate's difference to the incumbent
   * lies from the estimated one.
   */
  public double[] differenceDistances(
      int candidate, double value, double[] replicates, Totals totals) {
    double episodes = totals.log().episodes();
    return differences
        .get(candidate)
        .distances(
            new Replicated(value, replicates, differenceInfluences(candidate, totals)),
            episodes,
            totals.drawn());
  }

  /** Only asked for where both have a primary estimate. */
  private double[] differenceInfluences(int candidate, Totals totals) {
    return Replicated.difference(
        totals.influences(candidate, primaries.get(candidate)),
        totals.influences(incumbent, primaries.get(incumbent)));
  }

  private static Optional<Interval> interval(
      Spread spread, WeightSpread weights, Replicated estimate, Totals totals, double level) {
    double episodes = totals.log().episodes();
    return episodes > 1
        ? spread.interval(estimate, weights, episodes, totals.drawn(), level)
        : Optional.empty();
  }
}
