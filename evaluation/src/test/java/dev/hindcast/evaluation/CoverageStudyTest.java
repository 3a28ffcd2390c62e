package dev.hindcast.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.world.TabularPolicy;
import dev.hindcast.evaluation.diagnostic.Support;
import dev.hindcast.evaluation.estimator.Estimator;
import dev.hindcast.evaluation.estimator.Estimators;
import dev.hindcast.evaluation.fold.SpreadTask;
import dev.hindcast.evaluation.fold.Spreads;
import dev.hindcast.evaluation.fold.Task;
import dev.hindcast.evaluation.fold.Totals;
import dev.hindcast.evaluation.interval.Interval;
import dev.hindcast.evaluation.scoring.Candidate;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * How often 95 % intervals hold the truth when ICU-Sepsis is logged anew, 1,000 times. Run with
 * {@code ./mvnw -pl evaluation test -Dexcluded.test.groups= -Dtest.groups=study}; takes a few
 * minutes.
 */
@Tag("study")
class CoverageStudyTest {
  private static final int REDRAWS = 1000;
  private static final int EPISODES = 20_000;
  private static final double DISCOUNT = 1;
  private static final List<String> NAMES =
      List.of(
          "trajectory-importance-sampling",
          "per-decision-importance-sampling",
          "self-normalized-trajectory-importance-sampling",
          "self-normalized-per-decision-importance-sampling");

  @Test
  void intervalsOfTheExpertFromTheMixedBehaviorCoverTheTruth() {
    SepsisWorld world = SepsisWorld.read();
    TabularPolicy behavior = world.expert().mixedWith(world.uniform(), 0.5);
    double truth = world.mdp().value(world.expert(), DISCOUNT);
    assertThat(truth).isCloseTo(0.781845, within(1e-6)); // the data's own ground truth
    Map<String, Integer> covered = new TreeMap<>();
    IntStream.range(0, REDRAWS)
        .parallel()
        .mapToObj(seed -> coveredBy(world, behavior, truth, seed))
        .forEachOrdered(names -> names.forEach(name -> covered.merge(name, 1, Integer::sum)));
    assertThat(covered)
        .containsOnlyKeys(NAMES)
        .allSatisfy((name, times) -> assertThat(times / (double) REDRAWS).isBetween(0.92, 0.98));
  }

  private static List<String> coveredBy(
      SepsisWorld world, TabularPolicy behavior, double truth, int seed) {
    TransitionColumns log = world.mdp().log(behavior, EPISODES, 10_000, seed);
    int horizon =
        IntStream.range(0, log.episodes()).map(e -> log.end(e) - log.start(e)).max().orElseThrow();
    List<Estimator> estimators =
        NAMES.stream()
            .map(name -> Estimators.named(name).orElseThrow())
            .map(
                entry ->
                    entry.constructor().create(new Estimators.Setting(horizon, DISCOUNT, EPISODES)))
            .toList();
    Task task =
        new Task(
            List.of(new Task.Item(Candidate.of(world.expert(), List.of()), estimators)),
            horizon,
            1000,
            seed);
    Totals totals = new Totals(task).add(log, new Support.Counter().add(log).build());
    Spreads spreads = new Spreads(SpreadTask.of(task, totals, List.of(0), 0)).add(log);
    return IntStream.range(0, NAMES.size())
        .filter(
            k -> {
              Interval interval = spreads.interval(0, k, totals, 0.95).orElseThrow();
              return interval.lower() <= truth && truth <= interval.upper();
            })
        .mapToObj(NAMES::get)
        .toList();
  }
}
