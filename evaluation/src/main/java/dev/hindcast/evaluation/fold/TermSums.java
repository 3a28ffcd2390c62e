package dev.hindcast.evaluation.fold;

import dev.hindcast.core.report.Tuning;
import dev.hindcast.evaluation.estimator.Estimator;
import dev.hindcast.evaluation.estimator.ScoredEpisode;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/**
 * One estimator's terms, summed over episodes: plainly, and with the counts of every bootstrap
 * replicate. A term that was never other than zero takes no room.
 */
final class TermSums implements Serializable {
  private static final long serialVersionUID = 1L;

  /** How many episodes replicates take at a time. */
  static final int TOGETHER = 4;

  private final Estimator estimator;
  private final int replicates;
  private final double[] sums;
  private final double[][] byTerm; // (terms, replicates); a term's row is made when first needed
  private transient Estimator settled; // at these sums; null until it is asked for

  TermSums(Estimator estimator, int replicates) {
    this.estimator = estimator;
    this.replicates = replicates;
    this.sums = new double[estimator.termCount()];
    this.byTerm = new double[estimator.termCount()][];
  }

  /**
   * Adds episodes in their order; the sums are those of adding one after another, bit for bit.
   *
   * @param counts (episodes, replicates); rows beyond the episodes are not looked at
   */
  void add(List<ScoredEpisode> episodes, double[][] counts) {
    settled = null;
    double[][] terms = new double[episodes.size()][];
    for (int i = 0; i < terms.length; i++) {
      terms[i] = estimator.terms(episodes.get(i));
    }
    double[] scales = new double[terms.length];
    double[][] drawn = new double[terms.length][];
    for (int k = 0; k < sums.length; k++) {
      int found = 0;
      for (int i = 0; i < terms.length; i++) {
        if (terms[i][k] != 0) {
          sums[k] += terms[i][k];
          scales[found] = terms[i][k];
          drawn[found++] = counts[i];
        }
      }
      if (found > 0) {
        addScaled(row(k), drawn, scales, found);
      }
    }
  }

  void merge(TermSums later) {
    settled = null;
    for (int k = 0; k < sums.length; k++) {
      sums[k] += later.sums[k];
      if (later.byTerm[k] != null) {
        addScaled(row(k), later.byTerm[k], 1);
      }
    }
  }

  /** The estimator as a sum of influences of episodes, at the mean of their terms. */
  Linearized linearized(double episodes, double[] drawn) {
    double[] means = means(episodes);
    Estimator settledHere = settled(episodes, drawn);
    return new Linearized(settledHere, settledHere.gradient(means), means);
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
        means[k] = byTerm[k] == null ? 0 : byTerm[k][replicate] / drawn[replicate];
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

  private double[] row(int term) {
    if (byTerm[term] == null) {
      byTerm[term] = new double[replicates];
    }
    return byTerm[term];
  }

  /**
   * Adds so many rows of counts, each scaled, in their order. Four at a time: the sums are then
   * read and written once for all of them, which takes most of the time otherwise.
   */
  static void addScaled(double[] into, double[][] counts, double[] scales, int rows) {
    int i = 0;
    for (; i + TOGETHER <= rows; i += TOGETHER) {
      double[] first = counts[i];
      double[] second = counts[i + 1];
      double[] third = counts[i + 2];
      double[] fourth = counts[i + 3];
      double a = scales[i];
      double b = scales[i + 1];
      double c = scales[i + 2];
      double d = scales[i + 3];
      for (int r = 0; r < into.length; r++) { // from left to right, as one after another
        into[r] = into[r] + a * first[r] + b * second[r] + c * third[r] + d * fourth[r];
      }
    }
    for (; i < rows; i++) {
      addScaled(into, counts[i], scales[i]);
    }
  }

  /** The hot loop of the whole room: simple enough for the compiler to use vector instructions. */
  static void addScaled(double[] into, double[] counts, double scale) {
    for (int b = 0; b < into.length; b++) {
      into[b] += scale * counts[b];
    }
  }
}
