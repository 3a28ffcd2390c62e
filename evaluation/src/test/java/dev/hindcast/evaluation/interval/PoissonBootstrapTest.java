package dev.hindcast.evaluation.interval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PoissonBootstrapTest {
  @Test
  void countsBelongToTheEpisodeIdAlone() {
    double[] once = counts("episode-17", 0);
    assertThat(counts("episode-17", 0)).containsExactly(once);
    assertThat(counts("episode-18", 0)).isNotEqualTo(once);
    assertThat(counts("episode-17", 1)).isNotEqualTo(once);
  }

  @Test
  void countsAreWhatTheyWereInTheFirstRelease() {
    // Golden: published figures depend on these draws. From this class, version 0.1.0, seed 0.
    assertThat(Arrays.copyOf(counts("a", 0), 12)).containsExactly(GOLDEN);
  }

  private static final double[] GOLDEN = {1, 1, 0, 0, 5, 0, 1, 0, 1, 1, 1, 0};

  @Test
  void countsHaveMeanAndVarianceOne() {
    double sum = 0;
    double squares = 0;
    int n = 0;
    for (int e = 0; e < 400; e++) {
      for (double count : counts("e" + e, 5)) {
        sum += count;
        squares += count * count;
        n++;
      }
    }
    double mean = sum / n;
    assertThat(mean).isCloseTo(1, within(0.01)); // standard error 0.0016
    assertThat(squares / n - mean * mean).isCloseTo(1, within(0.02));
  }

  @Test
  void countsComeAsOftenAsPoissonSays() {
    long[] times = new long[20];
    int draws = 2_000_000;
    for (int e = 0; e < draws / 1000; e++) {
      for (double count : counts("row" + e, 11)) {
        times[(int) count]++;
      }
    }
    double probability = Math.exp(-1);
    for (int k = 0; k < 8; k++) {
      double error = Math.sqrt(draws * probability * (1 - probability));
      assertThat(times[k] - draws * probability).as("%d", k).isBetween(-4 * error, 4 * error);
      probability /= k + 1;
    }
  }

  @Test
  void aReplicateHasItsCountsHoweverManyThereAre() {
    double[] few = new double[103];
    new PoissonBootstrap(103, 0).counts("a", few);
    assertThat(Arrays.copyOf(counts("a", 0), 103)).containsExactly(few);
  }

  /**
   * Sums of products of counts less 1: over replicates for a pair of episodes, over episodes for a
   * pair of replicates. Of independent counts they have mean 0 and, divided by the root of their
   * number, variance 1. Ids that differ in one letter are the hardest to tell apart.
   */
  @Test
  void countsOfEpisodesAndOfReplicatesAreIndependent() {
    int episodes = 1000;
    double[][] counts = new double[episodes][];
    for (int e = 0; e < episodes; e++) {
      counts[e] = counts("e" + e, 3);
      for (int b = 0; b < counts[e].length; b++) {
        counts[e][b] -= 1;
      }
    }
    assertIndependent(counts);
    double[][] byReplicate = new double[1000][episodes];
    for (int e = 0; e < episodes; e++) {
      for (int b = 0; b < 1000; b++) {
        byReplicate[b][e] = counts[e][b];
      }
    }
    assertIndependent(byReplicate);
  }

  private static void assertIndependent(double[][] rows) {
    double squares = 0;
    double largest = 0;
    int pairs = 0;
    for (int i = 0; i < rows.length; i++) {
      for (int j = 0; j < i; j++) {
        double sum = 0;
        for (int k = 0; k < rows[i].length; k++) {
          sum += rows[i][k] * rows[j][k];
        }
        squares += sum * sum / rows[i].length;
        largest = Math.max(largest, Math.abs(sum) / Math.sqrt(rows[i].length));
        pairs++;
      }
    }
    assertThat(squares / pairs).isCloseTo(1, within(0.01)); // standard error 0.002
    assertThat(largest).isLessThan(6.5); // half a million pairs
  }

  private static double[] counts(String episode, long seed) {
    double[] counts = new double[1000];
    new PoissonBootstrap(1000, seed).counts(episode, counts);
    return counts;
  }
}
