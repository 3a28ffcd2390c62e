package dev.hindcast.evaluation.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.DecisionRequests;
import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.policy.ActionDistribution;
import dev.hindcast.core.policy.Policy;
import dev.hindcast.core.policy.QFunction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class DecisionScorerTest {
  private static final double[] PROBABILITIES = {0, 0.2, 0.5, 0.3};
  private static final ActionSpace.Box BOX = new ActionSpace.Box(List.of(-2f), List.of(2f));

  /** Every row alike. */
  private static final Policy DISCRETE =
      decisions -> {
        double[] all = new double[4 * decisions.size()];
        for (int i = 0; i < all.length; i++) {
          all[i] = PROBABILITIES[i % 4];
        }
        return new ActionDistribution.Categorical(decisions.size(), 4, all);
      };

  /** Around the observation. */
  private static final Policy GAUSSIAN =
      decisions -> {
        float[] deviations = new float[decisions.size()];
        Arrays.fill(deviations, 0.25f);
        return new ActionDistribution.SquashedGaussian(BOX, decisions.numeric(), deviations);
      };

  private static DecisionRequests requests(int rows, String prefix) {
    float[] numbers = new float[rows];
    String[] episodes = new String[rows];
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      numbers[i] = i % 3 - 1;
      episodes[i] = prefix + i;
      ids.add(prefix + i);
    }
    return new DecisionRequests(
        ids,
        Collections.nCopies(rows, ""),
        new Decisions(rows, numbers, new int[0], new boolean[0], episodes, new int[rows]));
  }

  @Test
  void actionsAreDrawnByTheirProbabilities() {
    int n = 20_000;
    int[] counts = new int[4];
    for (Optional<ScoredDecision> made :
        new DecisionScorer(DISCRETE, List.of(), Acting.SAMPLE, 1).score(requests(n, "u"))) {
      ScoredDecision decision = made.orElseThrow();
      counts[decision.action()]++;
      assertThat(decision.propensity()).hasValue(PROBABILITIES[decision.action()]);
      assertThat(decision.probabilities()).containsExactly(PROBABILITIES);
      assertThat(decision.value()).isEmpty();
    }
    assertThat(counts[0]).isZero();
    for (int action = 1; action < 4; action++) {
      double p = PROBABILITIES[action];
      // four standard errors
      assertThat(counts[action] / (double) n).isCloseTo(p, within(4 * Math.sqrt(p * (1 - p) / n)));
    }
  }

  @Test
  void drawHangsOnSeedAndIdAloneNotOnTheBatch() {
    DecisionScorer scorer = new DecisionScorer(GAUSSIAN, List.of(), Acting.SAMPLE, 1);
    List<Optional<ScoredDecision>> together = scorer.score(requests(30, "u"));
    for (int i = 0; i < 30; i++) {
      DecisionRequests alone =
          new DecisionRequests(
              List.of("u" + i),
              List.of(""),
              new Decisions(
                  1,
                  new float[] {i % 3 - 1},
                  new int[0],
                  new boolean[0],
                  new String[] {"u" + i},
                  new int[1]));
      assertThat(scorer.score(alone).get(0).orElseThrow().vector())
          .containsExactly(together.get(i).orElseThrow().vector());
    }
    List<Optional<ScoredDecision>> otherwise =
        new DecisionScorer(GAUSSIAN, List.of(), Acting.SAMPLE, 2).score(requests(30, "u"));
    assertThat(otherwise.get(0).orElseThrow().vector())
        .isNotEqualTo(together.get(0).orElseThrow().vector());
  }

  @Test
  void greedyChoiceIsCertain() {
    ScoredDecision discrete =
        new DecisionScorer(DISCRETE, List.of(), Acting.GREEDY, 1)
            .score(requests(1, "u"))
            .get(0)
            .orElseThrow();
    assertThat(discrete.action()).isEqualTo(2);
    assertThat(discrete.propensity()).hasValue(1);
    ScoredDecision mode =
        new DecisionScorer(GAUSSIAN, List.of(), Acting.GREEDY, 1)
            .score(requests(1, "u"))
            .get(0)
            .orElseThrow();
    assertThat(mode.vector()[0]).isCloseTo((float) (2 * Math.tanh(-1)), within(1e-6f));
    assertThat(mode.propensity()).isEmpty();
  }

  /** The density of 2 tanh(u), u normal with deviation 1/4, by the change of variables. */
  @Test
  void densityIsThatOfTheActionInTheBoxsUnits() {
    int n = 200;
    List<Optional<ScoredDecision>> made =
        new DecisionScorer(GAUSSIAN, List.of(), Acting.SAMPLE, 1).score(requests(n, "u"));
    for (int i = 0; i < n; i++) {
      double a = made.get(i).orElseThrow().vector()[0] / 2;
      double u = 0.5 * Math.log((1 + a) / (1 - a));
      double z = (u - (i % 3 - 1)) / 0.25;
      double density = Math.exp(-z * z / 2) / (0.25 * Math.sqrt(2 * Math.PI)) / (1 - a * a) / 2;
      assertThat(made.get(i).orElseThrow().propensity().orElseThrow() / density)
          .isCloseTo(1, within(1e-3));
    }
  }

  @Test
  void valuesAreTheMeanOverQFunctions() {
    QFunction one = decisions -> new double[] {0, 1, 2, 3};
    QFunction two = decisions -> new double[] {4, 3, 4, 3};
    ScoredDecision decision =
        new DecisionScorer(DISCRETE, List.of(one, two), Acting.GREEDY, 1)
            .score(requests(1, "u"))
            .get(0)
            .orElseThrow();
    assertThat(decision.values()).containsExactly(2, 2, 3, 3);
    assertThat(decision.value()).isEqualTo(OptionalDouble.of(3));
  }

  @Test
  void rowsWithProblemsGetNoAction() {
    DecisionRequests sound = requests(1, "u");
    List<Optional<ScoredDecision>> made =
        new DecisionScorer(DISCRETE, List.of(), Acting.GREEDY, 1)
            .score(
                new DecisionRequests(
                    List.of("a", "u0", "b"),
                    List.of("x is empty", "", "x is NaN"),
                    sound.decisions()));
    assertThat(made.stream().map(Optional::isPresent)).containsExactly(false, true, false);
  }
}
