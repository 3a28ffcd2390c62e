package dev.hindcast.evaluation.interval;

import dev.hindcast.core.artefact.StableHash;

/**
 * How often each episode counts in each bootstrap replicate: Poisson(1) draws, keyed by a hash of
 * the episode id, the replicate and a seed. An episode has the same counts on every machine, in any
 * order, for every policy, so differences between policies are paired. Chamandy et al. (2012).
 *
 * <p>One hash serves five neighboring replicates: twelve bits each say in which of 4096 cells of
 * [0, 1) a uniform number lies, and in all but a few cells that settles the count. Where a cell
 * holds the border between two counts, a hash of the replicate's own says where in the cell. So the
 * draws are exact, not rounded to cells.
 */
public final class PoissonBootstrap {
  // Cumulative probabilities of 0, 1, 2, ... events; beyond these a double cannot tell from 1.
  private static final double[] CUMULATIVE = cumulative();

  private static final int CELL_BITS = 12;
  private static final int CELLS = 1 << CELL_BITS;
  private static final int PER_HASH = Long.SIZE / CELL_BITS;
  private static final byte UNSETTLED = -1;
  private static final byte[] COUNT_OF_CELL = countOfCell();

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
    for (int first = 0; first < replicates; first += PER_HASH) {
      long bits = StableHash.combine(key, first / PER_HASH);
      int last = Math.min(replicates, first + PER_HASH);
      for (int b = first; b < last; b++) {
        int cell = (int) (bits & (CELLS - 1));
        bits >>>= CELL_BITS;
        int count = COUNT_OF_CELL[cell];
        into[b] = count == UNSETTLED ? poisson((cell + withinCell(key, b)) / CELLS) : count;
      }
    }
  }

  /** A number in [0, 1), from hashes that {@link #counts} does not use otherwise. */
  private static double withinCell(long key, int replicate) {
    return StableHash.uniform(key, -1L - replicate);
  }

  /** The number of events of a Poisson(1) variable at a uniform number in [0, 1). */
  static int poisson(double uniform) {
    int count = 0;
    while (count < CUMULATIVE.length && uniform >= CUMULATIVE[count]) {
      count++;
    }
    return count;
  }

  private static byte[] countOfCell() {
    byte[] counts = new byte[CELLS];
    for (int cell = 0; cell < CELLS; cell++) {
      int lowest = poisson((double) cell / CELLS);
      int highest = poisson(Math.nextDown((cell + 1.0) / CELLS));
      counts[cell] = lowest == highest ? (byte) lowest : UNSETTLED;
    }
    return counts;
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
