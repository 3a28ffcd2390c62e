package dev.hindcast.evaluation.interval;

import dev.hindcast.core.artefact.StableHash;

/**
 * How often each episode counts in each bootstrap replicate: Poisson(1) draws, keyed by a hash of
 * the episode id, the replicate and a seed. An episode has the same counts on every machine, in any
 * order, for every policy, so differences between policies are paired. Chamandy et al. (2012).
 *
 * <p>Drawing takes a good part of an evaluation, so it is made for vector instructions: the two
 * halves of an episode's hash are stirred with those of a replicate's in 32-bit arithmetic, which
 * gives a number of 31 bits, and the count is how many of the borders between counts lie at or
 * below it, without a branch or a table. Probabilities are those of Poisson(1) to within 2⁻³¹;
 * counts over {@value #MOST}, of which there are one in a hundred million, are cut to it.
 *
 * <p>Not for use by several threads at once.
 */
public final class PoissonBootstrap {
  /** The largest count. */
  static final int MOST = 10;

  /** Most counts are less. */
  private static final int FEW = 5;

  // In units of 2^-31, less 1: a number is over BORDERS[k] when there are more than k events.
  private static final int[] BORDERS = borders();

  private static final long REPLICATE = 0x7265706c69636174L; // so that no episode has its hashes

  private static final long TWO_TO_52 = Double.doubleToRawLongBits(0x1p52);

  private final long seed;
  private final int[] low; // (replicates) halves of a hash of each replicate
  private final int[] high;
  private final int[] drawn;

  /** So many replicates, drawn with a seed. */
  public PoissonBootstrap(int replicates, long seed) {
    this.seed = seed;
    low = new int[replicates];
    high = new int[replicates];
    drawn = new int[replicates];
    for (int b = 0; b < replicates; b++) {
      long key = StableHash.combine(REPLICATE, b);
      low[b] = (int) key;
      high[b] = (int) (key >>> Integer.SIZE);
    }
  }

  /** How many replicates there are. */
  public int replicates() {
    return drawn.length;
  }

  /** Writes the counts of an episode in every replicate. */
  public void counts(String episodeId, double[] into) {
    long key = StableHash.combine(seed, StableHash.of(episodeId));
    int episodeLow = (int) key;
    int episodeHigh = (int) (key >>> Integer.SIZE);
    drawFew(episodeLow, episodeHigh);
    for (int b = 0; b < drawn.length; b++) {
      into[b] = Double.longBitsToDouble(TWO_TO_52 | drawn[b]) - 0x1p52; // sooner than a cast
      if (drawn[b] == FEW) {
        into[b] = count(number(episodeLow ^ low[b], episodeHigh ^ high[b]));
      }
    }
  }

  /**
   * Counts up to {@link #FEW}; those that are cut to it are one in 270. Simple enough for the
   * compiler to use vector instructions.
   */
  private void drawFew(int episodeLow, int episodeHigh) {
    int zero = BORDERS[0];
    int one = BORDERS[1];
    int two = BORDERS[2];
    int three = BORDERS[3];
    int four = BORDERS[4];
    int[] lows = low;
    int[] highs = high;
    int[] counts = drawn;
    for (int b = 0; b < counts.length; b++) {
      int number = number(episodeLow ^ lows[b], episodeHigh ^ highs[b]);
      counts[b] = // a difference below 0 has its highest bit set
          ((zero - number) >>> 31)
              + ((one - number) >>> 31)
              + ((two - number) >>> 31)
              + ((three - number) >>> 31)
              + ((four - number) >>> 31);
    }
  }

  /** A number of 31 bits that two halves of a hash make. */
  private static int number(int halfOfLow, int halfOfHigh) {
    int hash = halfOfLow * 0x85ebca6b;
    hash = ((hash ^ (hash >>> 15)) + halfOfHigh) * 0xc2b2ae35;
    hash = (hash ^ (hash >>> 13)) * 0x27d4eb2f;
    return (hash ^ (hash >>> 16)) >>> 1;
  }

  private static int count(int number) {
    int count = 0;
    while (count < MOST && number > BORDERS[count]) {
      count++;
    }
    return count;
  }

  private static int[] borders() {
    int[] borders = new int[MOST];
    double probability = 0x1.78b56362cef38p-2; // e^-1
    double sum = 0;
    for (int k = 0; k < borders.length; k++) {
      sum += probability;
      borders[k] = (int) (Math.round(sum * 0x1p31) - 1);
      probability /= k + 1;
    }
    return borders;
  }
}
