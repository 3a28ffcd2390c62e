package dev.hindcast.evaluation.fold;

import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.report.Tuning;
import dev.hindcast.evaluation.diagnostic.Support;
import dev.hindcast.evaluation.diagnostic.WeightSums;
import dev.hindcast.evaluation.estimator.Estimator;
import dev.hindcast.evaluation.estimator.Estimators.Grouping;
import dev.hindcast.evaluation.estimator.ScoredEpisode;
import dev.hindcast.evaluation.interval.Interval;
import dev.hindcast.evaluation.returns.ReturnGrid;
import dev.hindcast.evaluation.returns.WeightedReturns;
import dev.hindcast.evaluation.scoring.BehaviorLog;
import dev.hindcast.evaluation.scoring.Candidate;
import dev.hindcast.evaluation.scoring.ScoredLog;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** All sums over the episodes seen so far; those of later files are merged in file order. */
public final class Totals implements Serializable {
  private static final long serialVersionUID = 1L;

  private final transient Task task; // stays where the episodes are: policies are heavy
  private final ReturnGrid grid;
  private final LogSums log = new LogSums();
  private final ReplicateSums drawn;
  private final List<List<TermSums>> terms = new ArrayList<>();
  private final List<List<TermSums>> components = new ArrayList<>();
  private final List<WeightSums> weights = new ArrayList<>();
  private final List<ReturnSums> returns = new ArrayList<>();

  /** Nothing yet. */
  public Totals(Task task) {
    this.task = task;
    grid = task.returns();
    drawn = new ReplicateSums(task.replicates());
    for (Task.Item item : task.candidates()) {
      terms.add(sums(item.estimators()));
      components.add(sums(item.byComponent()));
      weights.add(new WeightSums(task.horizon(), groupings(item.candidate())));
      returns.add(new ReturnSums(task.returns(), task.replicates()));
    }
  }

  private List<Grouping> groupings(Candidate candidate) {
    return candidate.isLogged() ? List.of() : task.behavior().groups().groupings();
  }

  private List<TermSums> sums(List<Estimator> estimators) {
    return estimators.stream()
        .map(estimator -> new TermSums(estimator, task.replicates()))
        .toList();
  }

  /** Adds every episode of a file. */
  public Totals add(TransitionColumns columns, Support support) {
    BehaviorLog behavior = BehaviorLog.of(columns, task.behavior());
    log.add(behavior);
    List<ScoredLog> scored =
        task.candidates().stream()
            .map(item -> ScoredLog.of(behavior, item.candidate(), Optional.of(support)))
            .toList();
    Chunk chunk = new Chunk(task.bootstrap());
    for (int e = 0; e < columns.episodes(); e++) {
      int place = chunk.draw(columns.episodeId(e));
      drawn.add(1, chunk, place);
      for (int c = 0; c < scored.size(); c++) {
        add(c, scored.get(c).episode(e), chunk, place);
        for (int k = 0; k < components.get(c).size(); k++) {
          components.get(c).get(k).add(scored.get(c).component(k, e), chunk, place);
        }
      }
      if (chunk.isFull()) {
        chunk.settle();
      }
    }
    chunk.settle();
    for (int c = 0; c < scored.size(); c++) {
      weights
          .get(c)
          .addMass(
              columns.rows(),
              scored.get(c).unsupportedMass(),
              scored.get(c).massOutsideMask(),
              scored.get(c).unsupportedGroups());
    }
    return this;
  }

  /** Adds the sums of later files. */
  public Totals merge(Totals later) {
    log.merge(later.log);
    drawn.merge(later.drawn);
    for (int c = 0; c < terms.size(); c++) {
      weights.get(c).merge(later.weights.get(c));
      returns.get(c).merge(later.returns.get(c));
      for (int k = 0; k < terms.get(c).size(); k++) {
        terms.get(c).get(k).merge(later.terms.get(c).get(k));
      }
      for (int k = 0; k < components.get(c).size(); k++) {
        components.get(c).get(k).merge(later.components.get(c).get(k));
      }
    }
    return this;
  }

  /** What the log is. */
  public LogSums log() {
    return log;
  }

  /** The weights of a candidate. */
  public WeightSums weights(int candidate) {
    return weights.get(candidate);
  }

  /** The estimate of one of a candidate's estimators. */
  public double value(int candidate, int estimator) {
    return terms.get(candidate).get(estimator).value((double) log.episodes(), drawn.sums());
  }

  /** The parameter that one of a candidate's estimators has chosen for itself. */
  public Optional<Tuning> tuning(int candidate, int estimator) {
    return terms.get(candidate).get(estimator).tuning((double) log.episodes());
  }

  /**
   * (replicates) The same as {@link #value} in every bootstrap replicate; replicates are shared by
   * candidates.
   */
  public double[] replicateValues(int candidate, int estimator) {
    return terms
        .get(candidate)
        .get(estimator)
        .replicateValues((double) log.episodes(), drawn.sums());
  }

  /**
   * (replicates) The mean influence on one of a candidate's estimates of the episodes that each
   * replicate has drawn.
   */
  double[] influences(int candidate, int estimator) {
    return terms
        .get(candidate)
        .get(estimator)
        .replicateInfluences((double) log.episodes(), drawn.sums());
  }

  /** (replicates) The same on the estimate of a component of the reward. */
  double[] componentInfluences(int candidate, int component) {
    return components
        .get(candidate)
        .get(component)
        .replicateInfluences((double) log.episodes(), drawn.sums());
  }

  /** The estimate of a component of the reward under a candidate. */
  public double componentValue(int candidate, int component) {
    return components.get(candidate).get(component).value((double) log.episodes(), drawn.sums());
  }

  /** (replicates) The same in every bootstrap replicate. */
  public double[] componentReplicates(int candidate, int component) {
    TermSums sums = components.get(candidate).get(component);
    return sums.replicateValues((double) log.episodes(), drawn.sums());
  }

  /** The parameter that a component's estimator has chosen for itself. */
  public Optional<Tuning> componentTuning(int candidate, int component) {
    return components.get(candidate).get(component).tuning((double) log.episodes());
  }

  /** Where distributions of returns are looked at. */
  public ReturnGrid returnGrid() {
    return grid;
  }

  /** How returns are distributed under a candidate; empty where no weight says so. */
  public Optional<WeightedReturns> returns(int candidate) {
    return Optional.of(returns.get(candidate))
        .filter(ReturnSums::isDefined)
        .map(ReturnSums::returns);
  }

  /** An interval around the distribution function of a candidate's returns at each threshold. */
  public List<Interval> returnBand(int candidate, double level) {
    return returns.get(candidate).band(drawn.sums(), level);
  }

  /** (replicates) How many episodes each replicate has drawn. */
  double[] drawn() {
    return drawn.sums();
  }

  /** The mean weight of every candidate; 0 where there are no weights. */
  List<Double> meanWeights() {
    return weights.stream().map(WeightSums::mean).toList();
  }

  /** Every estimator of every candidate as a sum of influences. */
  List<List<Linearized>> linearized() {
    return linearized(terms);
  }

  /** Every component of the reward under every candidate, likewise. */
  List<List<Linearized>> linearizedComponents() {
    return linearized(components);
  }

  private List<List<Linearized>> linearized(List<List<TermSums>> all) {
    return all.stream()
        .map(
            sums ->
                sums.stream()
                    .map(sum -> sum.linearized((double) log.episodes(), drawn.sums()))
                    .toList())
        .toList();
  }

  private void add(int candidate, ScoredEpisode episode, Chunk chunk, int place) {
    if (episode.hasWeights()) {
      weights.get(candidate).add(episode);
      if (grid.size() > 0) {
        double value = episode.discountedReturn(grid.discount());
        returns.get(candidate).add(episode.finalWeight(), value, chunk, place);
      }
    }
    for (TermSums sums : terms.get(candidate)) {
      sums.add(episode, chunk, place);
    }
  }
}
