package dev.hindcast.evaluation.verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.report.EvaluationReport.Ranked;
import dev.hindcast.core.report.EvaluationReport.Selection;
import dev.hindcast.evaluation.interval.PoissonBootstrap;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BestOfManyTest {
  private static final int EPISODES = 60;
  private static final int REPLICATES = 200;

  /** Policies of these true values, each estimated from noisy returns of the same episodes. */
  private static List<BestOfMany.Entrant> estimated(int log, double... values) {
    SplittableRandom random = new SplittableRandom(log);
    PoissonBootstrap bootstrap = new PoissonBootstrap(REPLICATES, log);
    double[][] sums = new double[values.length][REPLICATES];
    double[] drawn = new double[REPLICATES];
    double[] means = new double[values.length];
    double[] counts = new double[REPLICATES];
    for (int e = 0; e < EPISODES; e++) {
      bootstrap.counts("e" + e, counts);
      for (int b = 0; b < REPLICATES; b++) {
        drawn[b] += counts[b];
      }
      for (int i = 0; i < values.length; i++) {
        double payoff = values[i] + random.nextGaussian();
        means[i] += payoff / EPISODES;
        for (int b = 0; b < REPLICATES; b++) {
          sums[i][b] += counts[b] * payoff;
        }
      }
    }
    List<BestOfMany.Entrant> entrants = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      for (int b = 0; b < REPLICATES; b++) {
        sums[i][b] /= drawn[b];
      }
      entrants.add(
          new BestOfMany.Entrant("p" + i, means[i], Optional.of(means[i] - 0.25), sums[i]));
    }
    return entrants;
  }

  @Test
  void correctionFindsMostOfTheOptimismOfTheBestOfTenEquals() {
    double naive = 0;
    double corrected = 0;
    int logs = 300;
    for (int log = 0; log < logs; log++) {
      Selection selection = BestOfMany.of(estimated(log, new double[10])).orElseThrow();
      naive += selection.value() / logs;
      corrected += selection.correctedValue() / logs;
    }
    // all are worth 0; the greatest of ten standard normal numbers is 1.539 on average
    double optimism = 1.539 / Math.sqrt(EPISODES);
    assertThat(naive).isCloseTo(optimism, within(0.02));
    assertThat(corrected).isCloseTo(optimism * (1 - 1 / Math.sqrt(2)), within(0.025));
  }

  @Test
  void clearWinnerNeedsNoCorrection() {
    Selection selection = BestOfMany.of(estimated(1, 0, 5, 0, 0)).orElseThrow();
    assertThat(selection.chosen()).isEqualTo("p1");
    assertThat(selection.optimism()).isCloseTo(0, within(0.02));
    assertThat(selection.ranking().get(0).chosenShare()).isEqualTo(1);
  }

  @Test
  void choiceThatGainsNothingIsNotSaidToBeLuck() {
    double[] same = {1.0, 1.0 - 1e-9};
    Selection selection =
        BestOfMany.of(
                List.of(
                    new BestOfMany.Entrant("first", 1.0, Optional.of(0.8), same),
                    new BestOfMany.Entrant("second", 0.5, Optional.of(0.3), same.clone())))
            .orElseThrow();
    assertThat(selection.optimism()).isEqualTo(0.0); // and not less, nor minus zero
    assertThat(BestOfMany.words(selection))
        .isEqualTo(
            "first has the best lower bound of 2, and is the choice in 100 % of the bootstrap replicates. Choosing it changes little about its estimate of 1.000.");
  }

  @Test
  void luckIsNamed() {
    assertThat(
            BestOfMany.words(
                new Selection(
                    "best",
                    1.5,
                    0.25,
                    1.25,
                    List.of(
                        new Ranked("best", 1.5, Optional.of(1.0), 0.5),
                        new Ranked("other", 1.4, Optional.of(0.9), 0.5)))))
        .isEqualTo(
            "best has the best lower bound of 2, and is the choice in 50 % of the bootstrap replicates. The best of many is optimistic, because chance helped it to be the best: of its estimate of 1.500, about 0.25 may be luck, which leaves 1.250. Fresh episodes tell what it is worth.");
  }

  @Test
  void lowerBoundsDecideNotEstimates() {
    double[] sure = {1.0, 1.1, 0.9};
    double[] wild = {1.5, 9.0, Double.NaN};
    Selection selection =
        BestOfMany.of(
                List.of(
                    new BestOfMany.Entrant("wild", 1.5, Optional.of(-3.0), wild),
                    new BestOfMany.Entrant("unknown", 7.0, Optional.empty(), wild),
                    new BestOfMany.Entrant("sure", 1.0, Optional.of(0.8), sure)))
            .orElseThrow();
    assertThat(selection.ranking())
        .extracting(Ranked::name)
        .containsExactly("sure", "wild", "unknown");
    // in the second replicate wild is worth 9.0, 4.5 above its reach; elsewhere sure is ahead
    assertThat(selection.ranking().get(0).chosenShare()).isCloseTo(2.0 / 3, within(1e-12));
    assertThat(selection.optimism())
        .isCloseTo(((1.0 - 1.0) + (9.0 - 1.5) + (0.9 - 1.0)) / 3, within(1e-12));
    assertThat(selection.correctedValue())
        .isCloseTo(selection.value() - selection.optimism(), within(1e-12));
  }

  @Test
  void fewerThanTwoAreNoChoice() {
    assertThat(BestOfMany.of(estimated(1, 0.5))).isEmpty();
    assertThat(BestOfMany.of(List.of())).isEmpty();
  }
}
