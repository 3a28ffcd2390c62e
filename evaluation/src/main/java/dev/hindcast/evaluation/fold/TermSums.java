package dev.hindcast.evaluation.fold;

import dev.hindcast.core.report.Tuning;
import dev.hindcast.evaluation.estimator.Estimator;
import dev.hindcast.evaluation.estimator.ScoredEpisode;
import java.io.Serializable;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * One estimator's terms, summed over episodes: plainly, and with the counts of every bootstrap
 * replicate. A term that was never other than zero takes no room.
 */
final class TermSums implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Estimator estimator;
  private final int replicates;
  private final double[] sums;
  private final ReplicateSums[] byTerm; // (terms), each made when first needed
  private transient Estimator settled; // at these sums; null until it is asked for

  TermSums(Estimator estimator, int replicates) {
    this.estimator = estimator;
    this.replicates = replicates;
    this.sums = new double[estimator.termCount()];
    this.byTerm = new ReplicateSums[estimator.termCount()];
  }

  /**
   * Adds an episode.
   *
   * @param place its place in the chunk
   */
  void add(ScoredEpisode episode, Chunk chunk, int place) {
    settled = null;
    double[] terms = estimator.terms(episode);
    for (int k = 0; k < sums.length; k++) {
      if (terms[k] != 0) {
        sums[k] += terms[k];
        row(k).add(terms[k], chunk, place);
      }
    }
  }

  void merge(TermSums later) {
    settled = null;
    for (int k = 0; k < sums.length; k++) {
      sums[k] += later.sums[k];
      if (later.byTerm[k] != null) {
        row(k).merge(later.byTerm[k]);
      }
    }
  }

  /** The estimator as a sum of influences of episodes, at the mean of their terms. */
  Linearized linearized(double episodes, double[] drawn) {
    double[] means = means(episodes);
    Estimator settledHere = settled(episodes, drawn);
    return new Linearized(settledHere, settledHere.gradient(means), means);
  }

  /** (replicates) The mean influence of the episodes that each replicate has drawn. */
  double[] replicateInfluences(double episodes, double[] drawn) {
    Linearized line = linearized(episodes, drawn);
    ReplicateMeans means = new ReplicateMeans(drawn);
    return IntStream.range(0, replicates)
        .mapToDouble(b -> line.meanInfluence(means.meanTerms(b)))
        .toArray();
  }

  /** The estimate over so many episodes. */
  double value(double episodes, double[] drawn) {
    return settled(episodes, drawn).value(means(episodes));
  }

  /** The parameter that the estimate has chosen for itself. */
  Optional<Tuning> tuning(double episodes) {
    return estimator.tuning(means(episodes));
  }

  /** (replicates) The estimate in every replicate, given how many episodes each has drawn. */
  double[] replicateValues(double episodes, double[] drawn) {
    Estimator settledHere = settled(episodes, drawn);
    ReplicateMeans means = new ReplicateMeans(drawn);
    double[] values = new double[replicates];
    for (int b = 0; b < replicates; b++) {
      values[b] = settledHere.value(means.meanTerms(b));
    }
    return values;
  }

  private Estimator settled(double episodes, double[] drawn) {
    if (settled == null) {
      settled = estimator.settled(means(episodes), new ReplicateMeans(drawn));
    }
    return settled;
  }

  /** The mean terms of replicates, each put together when it is asked for. */
  private final class ReplicateMeans implements Estimator.Replicates {
    private final double[] drawn;
    private final double[] means = new double[sums.length];

    ReplicateMeans(double[] drawn) {
      this.drawn = drawn;
    }

    @Override
    public int count() {
      return replicates;
    }

    @Override
    public double[] meanTerms(int replicate) {
      for (int k = 0; k < means.length; k++) {
        means[k] = byTerm[k] == null ? 0 : byTerm[k].sum(replicate) / drawn[replicate];
      }
      return means;
    }
  }

  private double[] means(double episodes) {
    double[] means = new double[sums.length];
    for (int k = 0; k < means.length; k++) {
      means[k] = sums[k] / episodes;
    }
    return means;
  }

  private ReplicateSums row(int term) {
    if (byTerm[term] == null) {
      byTerm[term] = new ReplicateSums(replicates);
    }
    return byTerm[term];
  }
}
