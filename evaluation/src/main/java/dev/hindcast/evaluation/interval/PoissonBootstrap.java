package dev.hindcast.evaluation.interval;

import dev.hindcast.core.artefact.StableHash;

/**
 * How often each episode counts in each bootstrap replicate: Poisson(1) draws, keyed by a hash of
 * the episode id, the replicate and a seed. An episode has the same counts on every machine, in any
 * order, for every policy, so differences between policies are paired. Chamandy et al. (2012).
 */
public final class PoissonBootstrap {
  // Cumulative probabilities of 0, 1, 2, ... events; beyond these a double cannot tell from 1.
  private static final double[] CUMULATIVE = cumulative();

  private final long seed;
  private final int replicates;

  /** So many replicates, drawn with a seed. */
  public PoissonBootstrap(int replicates, long seed) {
    this.replicates = replicates;
    this.seed = seed;
  }

  /** How many replicates there are. */
  public int replicates() {
    return replicates;
  }

  /** Writes the counts of an episode in every replicate. */
  public void counts(String episodeId, double[] into) {
    long key = StableHash.combine(seed, StableHash.of(episodeId));
    for (int b = 0; b < replicates; b++) {
      into[b] = poisson(StableHash.uniform(key, b));
    }
  }

  /** The number of events of a Poisson(1) variable at a uniform number in [0, 1). */
  static int poisson(double uniform) {
    int count = 0;
    while (count < CUMULATIVE.length && uniform >= CUMULATIVE[count]) {
      count++;
    }
    return count;
  }

  private static double[] cumulative() {
    double[] sums = new double[18];
    double probability = 0x1.78b56362cef38p-2; // e^-1
    double sum = 0;
    for (int k = 0; k < sums.length; k++) {
      sum += probability;
      sums[k] = sum;
      probability /= k + 1;
    }
    return sums;
  }
}
