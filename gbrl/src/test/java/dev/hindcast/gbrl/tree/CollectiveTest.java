package dev.hindcast.gbrl.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hindcast.training.learner.AllRows;
import dev.hindcast.training.learner.Gathering;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Sheet gbrl, section 8.3. */
class CollectiveTest {
  private static final int ROWS = 3000;
  private static final float[] VALUES = Rows.values(ROWS, 5);
  private static final List<Output> OUTPUTS = Output.numbered("output", 3);

  @Test
  void numbersAreAddedExactlyWhateverTheirSize() throws Exception {
    long[][] mine = {
      {1, -1, Long.MAX_VALUE, 1L << 40, 0},
      {2, -5, 1, -(1L << 40) - 1, 0},
      {3, 7, 0, 12345678901L, Long.MIN_VALUE}
    };
    List<long[]> sums = Together.members(3, gathering -> gathering.sum(mine[gathering.member()]));
    assertThat(sums)
        .allSatisfy(
            sum ->
                assertThat(sum)
                    .containsExactly(6, 1, Long.MIN_VALUE, 12345678900L, Long.MIN_VALUE));
  }

  @Test
  void everyMemberGetsWhatTheOthersHave() throws Exception {
    List<long[][]> all =
        Together.members(2, gathering -> gathering.gather(new long[] {10 - gathering.member()}));
    assertThat(all).allSatisfy(found -> assertThat(found).isDeepEqualTo(new long[][] {{10}, {9}}));
  }

  @Test
  void aMemberThatLeavesMakesTheOthersFail() {
    assertThatThrownBy(
            () ->
                Together.members(
                    2,
                    gathering -> {
                      gathering.sum(new long[1]);
                      return gathering.member() == 0 ? 0 : gathering.sum(new long[] {5})[0];
                    }))
        .hasRootCauseMessage(
            "XGBoost could not add up numbers of 2 members: one of them is lost, or has stopped.");
  }

  @Test
  void dividedRowsGrowTheSameTreesBitForBit() throws Exception {
    for (UnaryOperator<Growth> kind :
        List.<UnaryOperator<Growth>>of(
            growth -> growth,
            growth -> sampled(growth, 0.5, 1),
            growth -> sampled(growth, 1, 0.6))) {
      Growth growth = kind.apply(Growth.DEFAULT);
      byte[] whole = grown(growth, Gathering.alone(), 0, ROWS);
      for (int[] cuts : new int[][] {{0, 1500, 3000}, {0, 2900, 2960, 3000}}) {
        List<byte[]> each =
            Together.members(
                cuts.length - 1,
                gathering ->
                    grown(
                        growth, gathering, cuts[gathering.member()], cuts[gathering.member() + 1]));
        assertThat(each).allSatisfy(bytes -> assertThat(bytes).isEqualTo(whole));
      }
    }
  }

  /** Enormous gradients that cancel in the end; what is added on the way loses its digits. */
  @Test
  void theOrderInWhichRowsAreAddedUpDoesNotMatter() throws Exception {
    Features x = new Features(List.of(new Features.Numeric("x")));
    float[] values = new float[ROWS];
    float[] targets = new float[ROWS];
    for (int i = 0; i < ROWS; i++) {
      values[i] = i % 2;
      targets[i] = i < 500 ? 1e8f : i < 2500 ? (float) Math.sin(1000.0 * i) / 100 : -1e8f;
    }
    Function<Gathering, byte[]> part =
        gathering -> {
          int from = gathering.member() * ROWS / gathering.members();
          int to = (gathering.member() + 1) * ROWS / gathering.members();
          return grown(
              x,
              Output.numbered("output", 1),
              Growth.DEFAULT,
              Arrays.copyOfRange(values, from, to),
              Arrays.copyOfRange(targets, from, to),
              gathering);
        };
    byte[] whole = part.apply(Gathering.alone());
    for (int members : new int[] {2, 3, 5}) {
      assertThat(Together.members(members, part))
          .allSatisfy(bytes -> assertThat(bytes).isEqualTo(whole));
    }
  }

  private static Growth sampled(Growth growth, double rows, double columns) {
    return new Growth(
        growth.rate(),
        growth.depth(),
        7,
        growth.minLeafWeight(),
        growth.minGain(),
        growth.leafPenalty(),
        growth.maxDeltaStep(),
        16, // few enough that numbers are rounded
        rows,
        columns,
        2,
        growth.maxCategoriesPerSplit(),
        List.of("age"),
        List.of(),
        List.of());
  }

  /** Fifteen rounds towards a pattern with noise, so that sums are no round numbers. */
  private static byte[] grown(Growth growth, Gathering gathering, int from, int to) {
    int width = Rows.FEATURES.width();
    float[] values = Arrays.copyOfRange(VALUES, from * width, to * width);
    float[] targets = Arrays.copyOfRange(Rows.gradient(VALUES), 3 * from, 3 * to);
    for (int i = 0; i < targets.length; i++) {
      targets[i] += (float) Math.sin(1000.0 * (3 * from + i));
    }
    return grown(Rows.FEATURES, OUTPUTS, growth, values, targets, gathering);
  }

  private static byte[] grown(
      Features features,
      List<Output> outputs,
      Growth growth,
      float[] values,
      float[] targets,
      Gathering gathering) {
    AllRows all = AllRows.of(gathering, values.length / features.width());
    try (FeatureMatrix matrix = FeatureMatrix.divided(features, values, growth.bins(), all);
        Ensemble ensemble = Ensemble.empty(features, outputs, growth, 7, 1)) {
      for (int round = 0; round < 15; round++) {
        float[] gradient = ensemble.margins(matrix);
        for (int i = 0; i < gradient.length; i++) {
          gradient[i] -= targets[i];
        }
        ensemble.boost(matrix, gradient);
      }
      return ensemble.bytes();
    }
  }
}
