package dev.hindcast.evaluation.estimator;

import dev.hindcast.core.report.Tuning;
import java.io.Serializable;
import java.util.Optional;

/**
 * A way to estimate a policy's value: numbers per episode that add up, and a function of their
 * mean. The same class therefore runs in a loop, over many machines, on a stream and under
 * bootstrap weights.
 */
public interface Estimator extends Serializable {
  /** How many numbers {@link #terms} gives; the same for every episode. */
  int termCount();

  /** The numbers of one episode; mostly zeros for long horizons. */
  double[] terms(ScoredEpisode episode);

  /**
   * The estimate, from the mean of the terms over episodes; not a number when it is not defined,
   * such as when every weight is zero.
   */
  double value(double[] meanTerms);

  /**
   * How the estimate changes with each mean term: what turns an episode's terms into its influence
   * on the estimate, and so into a standard error (the delta method, sheet section 10.1).
   */
  double[] gradient(double[] meanTerms);

  /** The parameter that the estimate has chosen for itself, where it has one. */
  default Optional<Tuning> tuning(double[] meanTerms) {
    return Optional.empty();
  }

  /**
   * The same with what it chooses by looking at all episodes chosen and held fixed, such as the
   * weights of a blend. Most estimators choose nothing and are their own answer.
   *
   * @param meanTerms the mean of the terms over episodes
   * @param replicates the same in every bootstrap replicate
   */
  default Estimator settled(double[] meanTerms, Replicates replicates) {
    return this;
  }

  /** Mean terms in bootstrap replicates. */
  interface Replicates {
    /** How many replicates there are. */
    int count();

    /** (terms) The mean terms of one replicate; the array is good until the next call. */
    double[] meanTerms(int replicate);
  }
}
