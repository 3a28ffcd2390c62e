package dev.hindcast.benchmarks;

import dev.hindcast.core.config.ConfigDocument;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.policy.BundleLoader;
import dev.hindcast.core.policy.Pipeline;
import dev.hindcast.evaluation.estimator.ScoredEpisode;
import dev.hindcast.evaluation.estimator.ScoredEpisode.Ending;
import dev.hindcast.evaluation.estimator.ScoredEpisode.Values;
import dev.hindcast.evaluation.running.Alarm;
import dev.hindcast.evaluation.running.EstimateConfig;
import dev.hindcast.evaluation.running.EstimateLine;
import dev.hindcast.evaluation.running.EstimateLine.Figures;
import dev.hindcast.evaluation.running.RunningEstimates;
import dev.hindcast.evaluation.running.RunningPlan;
import dev.hindcast.evaluation.running.WindowSums;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Simulated streams in which it is known what policies are worth, judged as real ones are: how many
 * whole runs raise an alarm, and when.
 *
 * <p>A logger chooses one of three actions; action 0 is what the champion does, action 1 what the
 * challenger does, and rewards are 0 or 1. All alarms about values look at the same time.
 */
public final class AlarmStudy {
  private static final double MEAN = 0.5;
  private static final double OTHER = 0.3; // what the third action is worth

  private final RunningPlan plan;
  private final Log log;
  private final double gate;
  private final double effect;

  /** What logs there are. */
  public enum Log {
    /** Weights are 0, 2, or 10/3. */
    MILD(0.5, 0.3),
    /** Weights are 0, 10, or 50: one episode in fifty tells of the challenger. */
    HEAVY(0.1, 0.02);

    private final double champion;
    private final double challenger;

    Log(double champion, double challenger) {
      this.champion = champion;
      this.challenger = challenger;
    }
  }

  private AlarmStudy(RunningPlan plan, Log log, double gate, double effect) {
    this.plan = plan;
    this.log = log;
    this.gate = gate;
    this.effect = effect;
  }

  /**
   * A study.
   *
   * @param sequence what bounds are made by
   * @param gate what the champion is to be worth
   * @param effect how much less than 0.5 the champion is worth, and how much more than the champion
   *     the challenger; with a gate of 0.5 and an effect of 0 every alarm is false, and only just
   */
  public static AlarmStudy of(String sequence, Log log, double gate, double effect) {
    ConfigDocument document =
        ConfigDocument.parse(
            "study.yaml",
            Path.of("/"),
            """
            discount: 1
            estimate:
              champion: {constant: 0}
              challengers: [{constant: 1}]
              gate: %s
              returns: {from: 0, to: 1}
              sequence: %s
              planned-episodes: 5000
            """
                .formatted(gate, sequence),
            List.of());
    EstimateConfig config =
        EstimateConfig.from(
                document.root().section("estimate"), Pipeline.from(document.root()), true)
            .orElseThrow();
    document.finish();
    RunningPlan plan =
        RunningPlan.of(
            config,
            new ObservationSpace(List.of("x"), List.of()),
            new ActionSpace.Discrete(3),
            true,
            true,
            new BundleLoader(List.of()));
    return new AlarmStudy(plan, log, gate, effect);
  }

  /** Judges so many streams. */
  public Result run(int runs, int windows, int episodes, long seed) {
    List<Double> gateDelays = new ArrayList<>();
    List<Double> overtakenDelays = new ArrayList<>();
    int any = 0;
    int naive = 0;
    for (int run = 0; run < runs; run++) {
      double[] first = first(windows, episodes, new SplittableRandom(seed + run));
      any += Double.isFinite(Math.min(first[0], first[1])) ? 1 : 0;
      naive += Double.isFinite(first[2]) ? 1 : 0;
      if (Double.isFinite(first[0])) {
        gateDelays.add(first[0]);
      }
      if (Double.isFinite(first[1])) {
        overtakenDelays.add(first[1]);
      }
    }
    return new Result(
        runs, gateDelays.size(), overtakenDelays.size(), any, naive, gateDelays, overtakenDelays);
  }

  /** After how many episodes one stream first said: below its gate, overtaken, naively below. */
  private double[] first(int windows, int episodes, SplittableRandom random) {
    double[] first = new double[3];
    Arrays.fill(first, Double.POSITIVE_INFINITY);
    RunningEstimates estimates = new RunningEstimates();
    for (int window = 0; window < windows; window++) {
      WindowSums sums = new WindowSums(plan);
      for (int e = 0; e < episodes; e++) {
        sums.add(plan, plan.numbers("", episode(random)));
      }
      RunningEstimates.Outcome outcome =
          estimates.after(plan, window * plan.limits().window(), sums);
      estimates = outcome.estimates();
      double seen = (window + 1.0) * episodes;
      for (EstimateLine line : outcome.lines()) {
        if (line.alarms().contains(Alarm.Kind.BELOW_GATE.key())) {
          first[0] = Math.min(first[0], seen);
        }
        if (line.alarms().contains(Alarm.Kind.OVERTAKEN.key())) {
          first[1] = Math.min(first[1], seen);
        }
      }
      Figures soFar = outcome.lines().get(0).soFar();
      double naive =
          soFar.estimate().orElse(Double.NaN) + 1.96 * soFar.standardError().orElse(Double.NaN);
      if (seen >= plan.limits().firstLook() && naive < gate) {
        first[2] = Math.min(first[2], seen);
      }
    }
    return first;
  }

  /** An episode of one step, as the champion and the challenger see it. */
  private List<ScoredEpisode> episode(SplittableRandom random) {
    double drawn = random.nextDouble();
    int action = drawn < log.champion ? 0 : drawn < log.champion + log.challenger ? 1 : 2;
    double propensity =
        action == 0
            ? log.champion
            : action == 1 ? log.challenger : 1 - log.champion - log.challenger;
    double worth = action == 0 ? MEAN - effect : action == 1 ? MEAN : OTHER;
    double[] reward = {random.nextDouble() < worth ? 1 : 0};
    List<ScoredEpisode> seen = new ArrayList<>();
    for (int policy = 0; policy < 2; policy++) {
      seen.add(
          ScoredEpisode.of(
              reward,
              new double[] {action == policy ? 1 : 0},
              new double[] {propensity},
              Ending.TERMINATED,
              Values.NONE));
    }
    return seen;
  }

  /**
   * What came of it. Delays are in episodes, of the runs that raised the alarm.
   *
   * @param runs how many there were
   * @param gateRaised runs that said that the champion is below its gate
   * @param overtakenRaised runs that said that the challenger is better
   * @param anyRaised runs that said either
   * @param naiveRaised runs that would have said the first by a normal interval for one look, at
   *     the same error
   * @param gateDelays when the first was raised
   * @param overtakenDelays when the second was raised
   */
  public record Result(
      int runs,
      int gateRaised,
      int overtakenRaised,
      int anyRaised,
      int naiveRaised,
      List<Double> gateDelays,
      List<Double> overtakenDelays) {
    /** Copies the lists. */
    public Result {
      gateDelays = List.copyOf(gateDelays);
      overtakenDelays = List.copyOf(overtakenDelays);
    }

    /** The median of when the first was raised. */
    public double medianGateDelay() {
      return quantile(gateDelays, 0.5);
    }

    /** The median of when the second was raised. */
    public double medianOvertakenDelay() {
      return quantile(overtakenDelays, 0.5);
    }

    /** A quantile of delays; not a number when there are none. */
    public static double quantile(List<Double> delays, double share) {
      List<Double> sorted = new ArrayList<>(delays);
      Collections.sort(sorted);
      return sorted.isEmpty()
          ? Double.NaN
          : sorted.get((int) Math.min(sorted.size() - 1, Math.floor(share * sorted.size())));
    }

    /** In one line. */
    public String inWords() {
      return String.format(
          Locale.ROOT,
          "of %,d runs: below-gate %.2f %%, overtaken %.2f %%, either %.2f %%, by intervals for one look %.2f %%; median delay %.0f and %.0f episodes, 90 %% within %.0f and %.0f",
          runs,
          100.0 * gateRaised / runs,
          100.0 * overtakenRaised / runs,
          100.0 * anyRaised / runs,
          100.0 * naiveRaised / runs,
          medianGateDelay(),
          medianOvertakenDelay(),
          quantile(gateDelays, 0.9),
          quantile(overtakenDelays, 0.9));
    }
  }
}
