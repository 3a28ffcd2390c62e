package dev.hindcast.streaming.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.streaming.Shops;
import dev.hindcast.streaming.Shops.Step;
import dev.hindcast.streaming.plan.StreamPlan;
import dev.hindcast.streaming.row.EventRow;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // harnesses may be interrupted while they close
class SamplingTest {
  private static List<EventRow> kept(StreamPlan plan) throws Exception {
    try (var harness =
        new OneInputStreamOperatorTestHarness<>(new ProcessOperator<>(new Sampling(plan)))) {
      harness.open();
      for (int visit = 0; visit < 4000; visit++) {
        for (int step = 0; step < 2; step++) {
          harness.processElement(Step.of("visit-" + visit, step, 0).row(plan), 0);
        }
      }
      return harness.extractOutputValues();
    }
  }

  @Test
  void episodesAreKeptWholeAndSayHowLikelyTheyWereToBe() throws Exception {
    StreamPlan plan = Shops.plan(Shops.WHOLE, "stream.sampling=25%");
    List<EventRow> kept = kept(plan);
    List<String> visits = kept.stream().map(row -> plan.mapper().episodeId(row)).toList();
    assertThat(visits.stream().distinct().count() * 2).isEqualTo(kept.size());
    // 8000 rows of 4000 visits: 2000 on average, with a standard deviation of 2 * sqrt(750)
    assertThat((double) kept.size()).isCloseTo(2000, within(4 * 55.0));
    assertThat(kept).allMatch(row -> row.samplingProbability() == 0.25);
    assertThat(visits)
        .containsAll(
            kept(Shops.plan(Shops.WHOLE, "stream.sampling=10%")).stream()
                .map(row -> plan.mapper().episodeId(row))
                .toList());
  }

  @Test
  void everythingIsKeptUnlessTheConfigSaysOtherwise() throws Exception {
    assertThat(kept(Shops.plan(Shops.WHOLE)))
        .hasSize(8000)
        .allMatch(row -> row.samplingProbability() == 1);
  }

  @Test
  void idsLieEvenlyHoweverAlikeTheyAre() {
    int[] tenths = new int[10];
    IntStream.range(0, 10_000).forEach(i -> tenths[(int) (10 * Sampling.place("user-" + i))]++);
    double chiSquared =
        IntStream.of(tenths).mapToDouble(n -> (n - 1000.0) * (n - 1000) / 1000).sum();
    assertThat(chiSquared).isLessThan(27.9); // the 99.9 % point for nine degrees of freedom
  }
}
