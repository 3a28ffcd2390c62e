package dev.hindcast.evaluation.fold;

import dev.hindcast.evaluation.estimator.Estimator;
import dev.hindcast.evaluation.interval.PoissonBootstrap;
import dev.hindcast.evaluation.returns.ReturnGrid;
import dev.hindcast.evaluation.scoring.Behavior;
import dev.hindcast.evaluation.scoring.Candidate;
import dev.hindcast.evaluation.survey.Segmentation;
import java.io.Serializable;
import java.util.List;

/**
 * What is to be computed of every episode.
 *
 * @param candidates the target policies, each with its estimators
 * @param horizon steps of the longest episode
 * @param replicates bootstrap replicates
 * @param seed of the bootstrap
 * @param returns where distributions of returns are looked at
 * @param tail the share of returns that counts as the worst, in (0, 1)
 * @param segments how episodes fall into segments
 * @param behavior who made the log, and how actions are put together
 */
public record Task(
    List<Item> candidates,
    int horizon,
    int replicates,
    long seed,
    ReturnGrid returns,
    double tail,
    Segmentation segments,
    Behavior behavior)
    implements Serializable {
  /** Copies the list. */
  public Task {
    candidates = List.copyOf(candidates);
  }

  /** The same without distributions of returns and segments. */
  public Task(List<Item> candidates, int horizon, int replicates, long seed) {
    this(
        candidates,
        horizon,
        replicates,
        seed,
        ReturnGrid.NONE,
        0.1,
        Segmentation.NONE,
        Behavior.LOGGED);
  }

  /**
   * One target policy.
   *
   * @param candidate how it acts
   * @param estimators what is computed of it
   * @param byComponent what is computed of each component of the reward, in their order
   */
  public record Item(Candidate candidate, List<Estimator> estimators, List<Estimator> byComponent)
      implements Serializable {
    /** Copies the lists. */
    public Item {
      estimators = List.copyOf(estimators);
      byComponent = List.copyOf(byComponent);
    }

    /** The same without components. */
    public Item(Candidate candidate, List<Estimator> estimators) {
      this(candidate, estimators, List.of());
    }
  }

  PoissonBootstrap bootstrap() {
    return new PoissonBootstrap(replicates, seed);
  }
}
