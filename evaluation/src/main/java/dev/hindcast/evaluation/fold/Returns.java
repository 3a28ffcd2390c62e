package dev.hindcast.evaluation.fold;

import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.evaluation.scoring.Candidate;
import dev.hindcast.evaluation.scoring.ScoredLog;
import java.io.Serializable;
import java.util.Optional;

/**
 * How the discounted returns of a log's episodes are distributed: their mean and spread, which
 * merge (Chan, Golub, LeVeque 1983).
 */
public final class Returns implements Serializable {
  private static final long serialVersionUID = 1L;

  private final double discount;
  private long episodes;
  private double mean;
  private double squares; // of distances from the mean

  /** Of no episode yet. */
  public Returns(double discount) {
    this.discount = discount;
  }

  /** Adds every episode of a file. */
  public Returns add(TransitionColumns columns) {
    ScoredLog log = ScoredLog.of(columns, Candidate.logged(), Optional.empty());
    for (int e = 0; e < columns.episodes(); e++) {
      double distance = log.episode(e).discountedReturn(discount) - mean;
      episodes++;
      mean += distance / episodes;
      squares += distance * (distance - distance / episodes);
    }
    return this;
  }

  /** Adds those of later files. */
  public Returns merge(Returns later) {
    if (later.episodes == 0) {
      return this;
    }
    double distance = later.mean - mean;
    long both = episodes + later.episodes;
    mean += distance * later.episodes / both;
    squares += later.squares + distance * distance * episodes * later.episodes / both;
    episodes = both;
    return this;
  }

  /** How many episodes. */
  public long episodes() {
    return episodes;
  }

  /** The mean return. */
  public double mean() {
    return mean;
  }

  /** The standard deviation of returns, with divisor n - 1; not a number for one episode. */
  public double deviation() {
    return Math.sqrt(squares / (episodes - 1));
  }

  /** The standard error of the mean. */
  public double standardError() {
    return deviation() / Math.sqrt((double) episodes);
  }
}
