package dev.hindcast.evaluation.interval;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * How often 95 % intervals of an importance-weighted mean hold the truth, 1000 times anew, and how
 * wide they are. Two actions; the first pays 1 with probability 0.6, the second with 0.3; the
 * target takes the first with 0.8, the behavior policy with as little as 0.02. Writes the table of
 * {@code docs/guide/intervals.md} to {@code target/intervals-study.md}.
 */
@Tag("study")
class IntervalsStudyTest {
  private static final int REDRAWS = 1000;
  private static final int REPLICATES = 500;
  private static final double LEVEL = 0.95;
  private static final double TARGET = 0.8;
  private static final double TRUTH = TARGET * 0.6 + (1 - TARGET) * 0.3;

  @Test
  void table() throws IOException {
    List<String> lines = new ArrayList<>();
    for (double behavior : new double[] {0.5, 0.1, 0.02}) {
      for (int n : new int[] {100, 1000}) {
        double most = Math.max(TARGET / behavior, (1 - TARGET) / (1 - behavior));
        List<Map<String, Interval>> drawn =
            IntStream.range(0, REDRAWS)
                .parallel()
                .mapToObj(seed -> intervals(terms(behavior, n, seed), most, seed))
                .toList();
        for (String name : drawn.get(0).keySet()) {
          double low = 0;
          double high = 0;
          double width = 0;
          for (Map<String, Interval> intervals : drawn) {
            Interval interval = intervals.get(name);
            low += interval.lower() > TRUTH ? 1.0 / REDRAWS : 0;
            high += interval.upper() < TRUTH ? 1.0 / REDRAWS : 0;
            width += (interval.upper() - interval.lower()) / REDRAWS;
          }
          double covered = 1 - low - high;
          lines.add(
              String.format(
                  Locale.ROOT,
                  "| %.2f | %d | %s | %.1f | %.1f | %.1f | %.3f |",
                  behavior,
                  n,
                  name,
                  100 * covered,
                  100 * low,
                  100 * high,
                  width));
          if (behavior == 0.5 && (name.contains("ours") || name.contains("Student"))) {
            assertThat(covered).as(name).isBetween(0.92, 0.98);
          }
          if (name.contains("Hoeffding") || name.contains("Bernstein")) {
            assertThat(covered).as(name).isGreaterThan(0.95);
          }
        }
      }
    }
    Files.write(Path.of("target", "intervals-study.md"), lines);
  }

  private static double[] terms(double behavior, int n, int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] terms = new double[n];
    for (int i = 0; i < n; i++) {
      boolean first = random.nextDouble() < behavior;
      boolean paid = random.nextDouble() < (first ? 0.6 : 0.3);
      double weight = first ? TARGET / behavior : (1 - TARGET) / (1 - behavior);
      terms[i] = paid ? weight : 0;
    }
    return terms;
  }

  private static Map<String, Interval> intervals(double[] terms, double most, int seed) {
    int n = terms.length;
    double mean = Arrays.stream(terms).average().orElseThrow();
    double variance =
        Arrays.stream(terms).map(term -> (term - mean) * (term - mean)).sum() / (n - 1);
    PoissonBootstrap bootstrap = new PoissonBootstrap(REPLICATES, seed);
    double[] counts = new double[REPLICATES];
    double[] drawn = new double[REPLICATES];
    double[] sums = new double[REPLICATES];
    double[] squares = new double[REPLICATES];
    for (int i = 0; i < n; i++) {
      bootstrap.counts(Integer.toString(i), counts);
      for (int b = 0; b < REPLICATES; b++) {
        drawn[b] += counts[b];
        sums[b] += counts[b] * terms[i];
        squares[b] += counts[b] * terms[i] * terms[i];
      }
    }
    double[] errors = new double[REPLICATES];
    for (int b = 0; b < REPLICATES; b++) {
      sums[b] /= drawn[b];
      errors[b] = Math.sqrt(Math.max(0, squares[b] / drawn[b] - sums[b] * sums[b]) / drawn[b]);
    }
    Map<String, Interval> intervals = new TreeMap<>();
    intervals.put(
        "bootstrap-t (ours)",
        Interval.studentized(mean, Math.sqrt(variance / n), sums, errors, LEVEL).orElseThrow());
    intervals.put("Student", MeanIntervals.student(mean, variance, n, LEVEL));
    intervals.put("percentile bootstrap", MeanIntervals.percentile(sums, LEVEL));
    intervals.put(
        "BCa bootstrap",
        MeanIntervals.accelerated(mean, sums, MeanIntervals.acceleration(terms), LEVEL));
    intervals.put("Hoeffding", MeanIntervals.hoeffding(mean, n, 0, most, LEVEL));
    intervals.put(
        "empirical Bernstein", MeanIntervals.empiricalBernstein(mean, variance, n, most, LEVEL));
    return intervals;
  }
}
