package dev.hindcast.evaluation.diagnostic;

import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.report.Estimate;
import dev.hindcast.core.report.EvaluationReport.ActionShare;
import dev.hindcast.core.report.EvaluationReport.Calibration;
import dev.hindcast.core.report.EvaluationReport.CalibrationBin;
import dev.hindcast.core.report.EvaluationReport.Maker;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Whether policies that are said to have acted did: how often each action was taken against how
 * often they would have, in all and by how probable it was (sheet section 11). Given what came
 * before, the steps of an episode scatter without any correlation, so steps count as if they were
 * independent.
 */
public final class Calibrating implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Propensities that lie further apart, as a share of the larger, are not the same. */
  private static final double ALIKE = 0.01;

  private static final double[] EDGES = {0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 0.5, 0.7, 0.9, 1};

  private final long[] pairs = new long[EDGES.length - 1]; // by bin
  private final double[] probabilities = new double[pairs.length];
  private final long[] chosen = new long[pairs.length];
  private double[] expected = new double[0]; // by action
  private double[] variances = new double[0];
  private long[] counts = new long[0];
  private long rows;
  private boolean hasPropensities;
  private long differing;
  private double largestDifference;
  private long impossible;
  private String example = "";

  /**
   * Adds a step.
   *
   * @param own (.., actions) probabilities of the policy that is said to have acted
   * @param at the step's row among them
   * @param taken the probability that the logged action is taken to have had
   */
  public void add(TransitionColumns columns, int row, double[] own, int at, double taken) {
    int actions = columns.actionCount();
    makeRoom(actions);
    int logged = columns.action(row);
    rows++;
    counts[logged]++;
    for (int a = 0; a < actions; a++) {
      double p = own[at * actions + a];
      expected[a] += p;
      variances[a] += p * (1 - p);
      int bin = bin(p);
      pairs[bin]++;
      probabilities[bin] += p;
      chosen[bin] += a == logged ? 1 : 0;
    }
    if (columns.hasPropensities()) {
      hasPropensities = true;
      double said = columns.propensity(row);
      double difference = Math.abs(said - own[at * actions + logged]);
      largestDifference = Math.max(largestDifference, difference);
      differing += difference > ALIKE * Math.max(said, own[at * actions + logged]) ? 1 : 0;
    }
    if (!(taken > 0)) {
      impossible++;
      example = example.isEmpty() ? place(columns, row) + ", action " + logged : example;
    }
  }

  private static String place(TransitionColumns columns, int row) {
    int episode = 0;
    while (columns.end(episode) <= row) {
      episode++;
    }
    return "episode " + columns.episodeId(episode) + ", step " + (row - columns.start(episode));
  }

  private static int bin(double p) {
    int bin = 0;
    while (bin + 2 < EDGES.length && p >= EDGES[bin + 1]) {
      bin++;
    }
    return bin;
  }

  /** Adds what later files hold. */
  public void merge(Calibrating later) {
    makeRoom(later.counts.length);
    for (int a = 0; a < later.counts.length; a++) {
      expected[a] += later.expected[a];
      variances[a] += later.variances[a];
      counts[a] += later.counts[a];
    }
    for (int bin = 0; bin < pairs.length; bin++) {
      pairs[bin] += later.pairs[bin];
      probabilities[bin] += later.probabilities[bin];
      chosen[bin] += later.chosen[bin];
    }
    rows += later.rows;
    hasPropensities |= later.hasPropensities;
    differing += later.differing;
    largestDifference = Math.max(largestDifference, later.largestDifference);
    impossible += later.impossible;
    example = example.isEmpty() ? later.example : example;
  }

  /** Steps whose logged action nobody who is said to have acted would ever have taken. */
  public long impossible() {
    return impossible;
  }

  /** One such step in words. */
  public String example() {
    return example;
  }

  /** How many steps there are. */
  public long rows() {
    return rows;
  }

  /**
   * The whole of it as a report has it; empty when nobody is said to have acted.
   *
   * @param policies who they are
   */
  public Optional<Calibration> calibration(List<Maker> policies) {
    if (rows == 0) {
      return Optional.empty();
    }
    List<ActionShare> actions = new ArrayList<>();
    for (int a = 0; a < counts.length; a++) {
      double z = (counts[a] - expected[a]) / Math.sqrt(variances[a]);
      actions.add(new ActionShare(a, expected[a], counts[a], Estimate.finite(z)));
    }
    double all = Arrays.stream(pairs).sum();
    double error = 0;
    List<CalibrationBin> bins = new ArrayList<>();
    for (int bin = 0; bin < pairs.length; bin++) {
      if (pairs[bin] > 0) {
        double n = pairs[bin];
        bins.add(
            new CalibrationBin(
                EDGES[bin], EDGES[bin + 1], pairs[bin], probabilities[bin] / n, chosen[bin] / n));
        error += Math.abs(probabilities[bin] - chosen[bin]) / all;
      }
    }
    return Optional.of(
        new Calibration(
            policies,
            rows,
            hasPropensities ? Optional.of(differing) : Optional.empty(),
            hasPropensities ? Estimate.finite(largestDifference) : Optional.empty(),
            Estimate.finite(error),
            actions,
            bins));
  }

  private void makeRoom(int actions) {
    if (counts.length < actions) {
      counts = Arrays.copyOf(counts, actions);
      expected = Arrays.copyOf(expected, actions);
      variances = Arrays.copyOf(variances, actions);
    }
  }
}
