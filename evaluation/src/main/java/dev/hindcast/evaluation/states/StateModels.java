package dev.hindcast.evaluation.states;

import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.policy.Policy;
import dev.hindcast.evaluation.estimator.ScoredEpisode.Marginals;
import java.io.Serializable;
import java.util.List;

/** A policy in the world of a log's states: by all episodes, and by each half of them. */
public final class StateModels implements Serializable {
  private static final long serialVersionUID = 1L;

  private final StateCounts index; // counts nothing: it numbers states
  private final StateModel whole;
  private final List<StateModel> halves;

  private StateModels(StateCounts index, StateModel whole, List<StateModel> halves) {
    this.index = index;
    this.whole = whole;
    this.halves = List.copyOf(halves);
  }

  /** Solves three times; the policy is asked once about every state. */
  public static StateModels of(StateCounts counts, Policy policy) {
    return new StateModels(
        counts.withoutCounts(),
        StateModel.of(counts, counts.whole(), policy),
        List.of(
            StateModel.of(counts, counts.half(0), policy),
            StateModel.of(counts, counts.half(1), policy)));
  }

  /** What the model of all episodes says along one of them. */
  public Marginals whole(TransitionColumns columns, int episode) {
    return along(whole, columns, episode);
  }

  /** What the model of the half that an episode is not in says along it. */
  public Marginals crossed(TransitionColumns columns, int episode) {
    return along(halves.get(1 - StateCounts.half(columns.episodeId(episode))), columns, episode);
  }

  private Marginals along(StateModel model, TransitionColumns columns, int episode) {
    int from = columns.start(episode);
    int steps = columns.end(episode) - from;
    double[] ratios = new double[steps];
    double[] stateRatios = new double[steps];
    double[] q = new double[steps];
    double[] v = new double[steps];
    for (int t = 0; t < steps; t++) {
      int state = index.state(columns, from + t);
      int action = columns.action(from + t);
      ratios[t] = model.ratio(state, action);
      stateRatios[t] = model.stateRatio(state);
      q[t] = model.q(state, action);
      v[t] = model.v(state);
    }
    int last = columns.end(episode) - 1;
    int next = columns.next(last);
    double tail =
        columns.terminated(last)
            ? 0
            : next == TransitionColumns.UNKNOWN ? Double.NaN : model.v(index.state(columns, next));
    return new Marginals(ratios, stateRatios, q, v, tail);
  }
}
