package dev.hindcast.evaluation.estimator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.evaluation.estimator.ScoredEpisode.Ending;
import dev.hindcast.evaluation.estimator.ScoredEpisode.Values;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Magic on episodes of three steps whose rewards are known but for noise. */
class MagicTest {
  private static final int STEPS = 3;

  /** Each step pays 1 in truth; the Q-function says so but for {@code error} at each step. */
  private static List<ScoredEpisode> log(double error, int episodes, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<ScoredEpisode> log = new ArrayList<>();
    for (int i = 0; i < episodes; i++) {
      double[] rewards = new double[STEPS];
      double[] target = new double[STEPS];
      double[] propensities = new double[STEPS];
      double[] v = new double[STEPS];
      for (int t = 0; t < STEPS; t++) {
        rewards[t] = 1 + random.nextDouble(-1, 1);
        propensities[t] = 0.5;
        target[t] = random.nextBoolean() ? 0.8 : 0.2;
        v[t] = (STEPS - t) * (1 + error);
      }
      Values values = new Values(v, v, OptionalDouble.empty());
      log.add(ScoredEpisode.of(rewards, target, propensities, Ending.TERMINATED, values));
    }
    return log;
  }

  private static double[] means(Magic magic, List<ScoredEpisode> log) {
    double[] means = new double[magic.termCount()];
    for (ScoredEpisode episode : log) {
      double[] terms = magic.terms(episode);
      for (int k = 0; k < means.length; k++) {
        means[k] += terms[k] / log.size();
      }
    }
    return means;
  }

  private static Magic settled(List<ScoredEpisode> log) {
    Magic magic = new Magic(STEPS, 1);
    SplittableRandom random = new SplittableRandom(12);
    double[][] replicates = new double[200][];
    for (int b = 0; b < replicates.length; b++) {
      List<ScoredEpisode> drawn = new ArrayList<>();
      for (int i = 0; i < log.size(); i++) {
        drawn.add(log.get(random.nextInt(log.size())));
      }
      replicates[b] = means(magic, drawn);
    }
    return magic.settled(
        means(magic, log),
        new Estimator.Replicates() {
          @Override
          public int count() {
            return replicates.length;
          }

          @Override
          public double[] meanTerms(int replicate) {
            return replicates[replicate];
          }
        });
  }

  @Test
  void rightQFunctionIsBelieved() {
    double square = 0;
    double wholeSquare = 0;
    for (long seed = 0; seed < 20; seed++) {
      List<ScoredEpisode> log = log(0, 50, seed);
      Magic magic = settled(log);
      square += Math.pow(magic.value(means(magic, log)) - 3, 2);
      wholeSquare += Math.pow(Estimate.of("self-normalized-doubly-robust", 1, log) - 3, 2);
    }
    assertThat(square).isLessThan(0.7 * wholeSquare);
  }

  @Test
  void wrongQFunctionIsNot() {
    List<ScoredEpisode> log = log(1, 200, 11);
    Magic magic = settled(log);
    assertThat(magic.blend()[0]).isLessThan(0.1);
    assertThat(magic.value(means(magic, log)))
        .isCloseTo(Estimate.of("self-normalized-doubly-robust", 1, log), within(0.1));
  }

  @Test
  void gradientOfABlendIsThatOfFiniteDifferences() {
    List<ScoredEpisode> log = log(0.2, 60, 11);
    Magic magic = settled(log);
    assertThat(Arrays.stream(magic.blend()).filter(x -> x > 0.01).count()).isGreaterThan(1);
    double[] means = means(magic, log);
    double[] gradient = magic.gradient(means);
    for (int k = 0; k < means.length; k++) {
      double[] up = means.clone();
      double[] down = means.clone();
      up[k] += 1e-6;
      down[k] -= 1e-6;
      assertThat(gradient[k])
          .as("term %d", k)
          .isCloseTo((magic.value(up) - magic.value(down)) / 2e-6, within(1e-7));
    }
  }

  @Test
  void longHorizonsHaveTenPartialEstimates() {
    Magic magic = new Magic(1000, 1);
    assertThat(magic.blend()).hasSize(Magic.MOST);
  }
}
