package dev.hindcast.evaluation.fold;

import java.io.Serializable;

/** How weights scatter around their mean, and how that mean differs from the 1 it should be. */
final class WeightSpread implements Serializable {
  private static final long serialVersionUID = 1L;

  private final double mean;
  private final Moments centered;
  private final Moments squares;

  /** For weights of this mean. */
  WeightSpread(double mean, int replicates) {
    this.mean = mean;
    centered = new Moments(replicates);
    squares = new Moments(replicates);
  }

  /** A weight less the mean. */
  double centered(double weight) {
    return weight - mean;
  }

  void add(double centeredWeight, Chunk chunk, int episode) {
    centered.add(centeredWeight, chunk, episode);
    squares.add(centeredWeight * centeredWeight, chunk, episode);
  }

  void merge(WeightSpread later) {
    centered.merge(later.centered);
    squares.merge(later.squares);
  }

  /** How far the mean weight is from 1. */
  double excess() {
    return mean - 1;
  }

  /** The same in a replicate. */
  double excess(int replicate, double[] drawn) {
    return mean + centered.mean(replicate, drawn) - 1;
  }

  double mean(double episodes) {
    return centered.mean(episodes);
  }

  double mean(int replicate, double[] drawn) {
    return centered.mean(replicate, drawn);
  }

  double square(double episodes) {
    return squares.mean(episodes);
  }

  double square(int replicate, double[] drawn) {
    return squares.mean(replicate, drawn);
  }
}
