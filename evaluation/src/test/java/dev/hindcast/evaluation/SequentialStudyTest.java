package dev.hindcast.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.policy.QFunction;
import dev.hindcast.core.world.ChainMdp;
import dev.hindcast.core.world.TabularMdp;
import dev.hindcast.core.world.TabularPolicy;
import dev.hindcast.core.world.TabularQ;
import dev.hindcast.evaluation.diagnostic.Support;
import dev.hindcast.evaluation.estimator.Estimator;
import dev.hindcast.evaluation.estimator.Estimators;
import dev.hindcast.evaluation.estimator.Estimators.Setting;
import dev.hindcast.evaluation.fold.SpreadTask;
import dev.hindcast.evaluation.fold.Spreads;
import dev.hindcast.evaluation.fold.Task;
import dev.hindcast.evaluation.fold.Totals;
import dev.hindcast.evaluation.scoring.Candidate;
import dev.hindcast.evaluation.states.StateCounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * How far sequential estimators are off on a chain that slips, logged anew 200 times: for target
 * policies near, further and far from the behavior policy, and Q-functions from exact to useless.
 * Writes the table of {@code docs/algorithms/magic.md} to {@code target/sequential-study.md}: root
 * mean squared errors as a share of the true value. Takes half a minute.
 */
@Tag("study")
class SequentialStudyTest {
  private static final int REDRAWS = 200;
  private static final int LENGTH = 40;
  private static final double DISCOUNT = 0.95;
  private static final List<String> NAMES =
      List.of(
          "per-decision-importance-sampling",
          "self-normalized-per-decision-importance-sampling",
          "direct-method",
          "doubly-robust",
          "self-normalized-doubly-robust",
          "magic");

  private static final int PER_DECISION = 0;
  private static final int DOUBLY_ROBUST = 3;
  private static final int WEIGHTED_DOUBLY_ROBUST = 4;
  private static final int MAGIC = 5;

  private static TabularPolicy right(TabularMdp world, double probability) {
    double[] table = new double[world.states() * 2];
    for (int s = 0; s < world.states(); s++) {
      table[2 * s] = 1 - probability;
      table[2 * s + 1] = probability;
    }
    return TabularPolicy.of(table, 2);
  }

  @Test
  void blendLosesAtMostATenthWhereTheQFunctionIsWrong() throws IOException {
    TabularMdp world = ChainMdp.slippery(5, 0.2);
    TabularPolicy behavior = right(world, 0.6);
    List<String> lines = new ArrayList<>();
    for (int episodes : new int[] {100, 1000}) {
      for (double target : new double[] {0.65, 0.8, 0.95}) {
        for (double share : new double[] {0, 0.05, 0.2, 0.5, 1}) {
          TabularPolicy policy = right(world, target);
          double truth = world.value(policy, DISCOUNT);
          double[] exact = world.actionValues(policy, DISCOUNT);
          double[] other = world.actionValues(right(world, 0.3), DISCOUNT);
          double[] q = new double[exact.length];
          for (int i = 0; i < q.length; i++) {
            q[i] = exact[i] + share * (other[i] - exact[i]);
          }
          double[][] found =
              IntStream.range(0, REDRAWS)
                  .parallel()
                  .mapToObj(
                      seed ->
                          values(
                              world.log(behavior, episodes, LENGTH, seed),
                              policy,
                              new TabularQ(q, 2)))
                  .toArray(double[][]::new);
          StringBuilder line =
              new StringBuilder(
                  String.format(Locale.ROOT, "| %d | %.2f | %.2f |", episodes, target, share));
          double[] error = new double[NAMES.size()];
          for (int k = 0; k < error.length; k++) {
            double sum = 0;
            for (double[] values : found) {
              sum += (values[k] - truth) * (values[k] - truth);
            }
            error[k] = Math.sqrt(sum / REDRAWS) / truth;
            line.append(String.format(Locale.ROOT, " %.4f |", error[k]));
          }
          lines.add(line.toString());
          String cell = line.toString();
          assertThat(error[MAGIC]).as(cell).isLessThan(1.1 * error[WEIGHTED_DOUBLY_ROBUST]);
          assertThat(error[DOUBLY_ROBUST]).as(cell).isLessThan(1.1 * error[PER_DECISION]);
        }
      }
    }
    Files.write(Path.of("target", "sequential-study.md"), lines);
  }

  /** Near, middling and hopeless for weights of histories; states do not mind. */
  @Test
  void statesOfIcuSepsisAreWithinSamplingErrorOfTheTruth() throws IOException {
    SepsisWorld world = SepsisWorld.read();
    TabularPolicy behavior = world.expert().mixedWith(world.uniform(), 0.5);
    TransitionColumns log = world.mdp().log(behavior, 20_000, 10_000, 1);
    StateCounts counts =
        new StateCounts(world.mdp().observationSpace(), world.mdp().actionSpace(), 1).add(log);
    int horizon =
        IntStream.range(0, log.episodes()).map(e -> log.end(e) - log.start(e)).max().orElseThrow();
    List<String> lines = new ArrayList<>();
    for (double share : new double[] {0.6, 0, 1}) { // of the expert
      TabularPolicy target = world.expert().mixedWith(world.uniform(), share);
      double truth = world.mdp().value(target, 1);
      List<String> names =
          List.of(
              "double-reinforcement-learning",
              "state-marginal-doubly-robust",
              "least-squares-values",
              "self-normalized-per-decision-importance-sampling");
      List<Estimator> estimators =
          names.stream()
              .map(name -> Estimators.named(name).orElseThrow().constructor())
              .map(constructor -> constructor.create(new Setting(horizon, 1, log.episodes())))
              .toList();
      Candidate candidate = Candidate.of(target, List.of()).among(counts);
      Task task = new Task(List.of(new Task.Item(candidate, estimators)), horizon, 200, 1);
      Totals totals = new Totals(task).add(log, new Support.Counter().add(log).build());
      Spreads spreads = new Spreads(SpreadTask.of(task, totals, List.of(0), 0)).add(log);
      for (int k = 0; k < names.size(); k++) {
        double value = totals.value(0, k);
        double error = spreads.error(0, k, totals);
        lines.add(
            String.format(
                Locale.ROOT,
                "| %.1f | %.5f | %s | %.5f | %.5f |",
                share,
                truth,
                names.get(k),
                value,
                error));
      }
      Files.write(Path.of("target", "sepsis-states.md"), lines);
      for (int k = 0; k < 2; k++) {
        assertThat(Math.abs(totals.value(0, k) - truth))
            .as(names.get(k))
            .isLessThan(4 * spreads.error(0, k, totals));
      }
    }
  }

  private static double[] values(TransitionColumns log, TabularPolicy policy, QFunction q) {
    Estimators.Setting setting = new Estimators.Setting(LENGTH, DISCOUNT, log.episodes());
    List<Estimator> estimators =
        NAMES.stream()
            .map(name -> Estimators.named(name).orElseThrow().constructor())
            .map(constructor -> constructor.create(setting))
            .toList();
    Task task =
        new Task(
            List.of(new Task.Item(Candidate.of(policy, List.of(q)), estimators)), LENGTH, 200, 1);
    Totals totals = new Totals(task).add(log, new Support.Counter().add(log).build());
    return IntStream.range(0, NAMES.size()).mapToDouble(k -> totals.value(0, k)).toArray();
  }
}
