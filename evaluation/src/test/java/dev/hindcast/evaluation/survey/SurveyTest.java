package dev.hindcast.evaluation.survey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.evaluation.returns.ReturnGrid;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SurveyTest {
  /** One file for each run of episodes; every episode pays its number's reward once. */
  private static List<TransitionColumns> files(int episodes, int each, long seed, int distinct) {
    List<TransitionColumns> files = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(seed);
    double[] rewards =
        IntStream.range(0, episodes)
            .mapToDouble(i -> distinct > 0 ? i % distinct : random.nextGaussian())
            .toArray();
    for (int from = 0; from < episodes; from += each) {
      var builder =
          new TransitionColumns.Builder(
              ObservationSpace.ofNumbers(1), new ActionSpace.Discrete(2), false, true);
      for (int e = from; e < Math.min(episodes, from + each); e++) {
        builder.beginEpisode("episode-" + e);
        builder.addStep(new float[] {e}, new int[0], new boolean[0], 0, 2, 0.5);
        builder.addStep(new float[] {e}, new int[0], new boolean[0], 1, rewards[e], 0.5);
        builder.endEpisode(true);
      }
      files.add(builder.build());
    }
    return files;
  }

  private static double[] thresholds(ReturnGrid grid) {
    return IntStream.range(0, grid.size()).mapToDouble(grid::threshold).toArray();
  }

  private static ReturnGrid grid(List<TransitionColumns> files) {
    return files.stream()
        .map(file -> new Survey(0.5, List.of(), List.of()).add(file))
        .reduce(Survey::merge)
        .orElseThrow()
        .returns();
  }

  @Test
  void fewReturnsHaveAThresholdEach() {
    ReturnGrid grid = grid(files(300, 300, 1, 3));
    assertThat(thresholds(grid)).containsExactly(2, 2.5, 3);
    assertThat(grid.isExact()).isTrue();
    assertThat(grid.discount()).isEqualTo(0.5);
  }

  @Test
  void thresholdsDoNotDependOnFiles() {
    int episodes = 3 * EpisodeSample.SIZE;
    double[] one = thresholds(grid(files(episodes, episodes, 2, 0)));
    assertThat(one).hasSizeLessThanOrEqualTo(ReturnGrid.MOST).isSorted();
    for (int each : new int[] {1000, 37, 4096}) {
      assertThat(thresholds(grid(files(episodes, each, 2, 0)))).isEqualTo(one);
    }
    // one more return than fits, each side alone with fewer
    assertThat(grid(files(ReturnGrid.MOST + 1, 60, 3, 1000)).isExact()).isFalse();
    assertThat(grid(files(ReturnGrid.MOST, 60, 3, 1000)).isExact()).isTrue();
  }

  @Test
  void sampleIsOfTheWholeLog() {
    int episodes = 8 * EpisodeSample.SIZE;
    ReturnGrid grid = grid(files(episodes, 5000, 4, 0));
    double[] rewards =
        files(episodes, episodes, 4, 0).stream()
            .flatMapToDouble(
                file ->
                    IntStream.range(0, file.episodes())
                        .mapToDouble(e -> 2 + 0.5 * file.reward(file.end(e) - 1)))
            .sorted()
            .toArray();
    assertThat(grid.threshold(grid.size() - 1)).isEqualTo(rewards[episodes - 1]);
    int below = 0;
    for (double threshold : thresholds(grid)) {
      int at = Arrays.binarySearch(rewards, threshold);
      double share = (double) Math.abs(at) / episodes;
      below += share > 0.45 && share < 0.55 ? 1 : 0;
    }
    assertThat(below).as("thresholds in the middle tenth").isBetween(5, 11);
  }

  @Test
  void othersOnlySayWhatIsSupported() {
    Survey survey = new Survey(0.5, List.of(), List.of()).add(files(10, 10, 1, 3).get(0));
    survey.addOther(files(300, 300, 1, 30).get(0));
    assertThat(thresholds(survey.returns())).containsExactly(2, 2.5, 3);
    assertThat(survey.empty().returns().size()).isZero();
  }
}
