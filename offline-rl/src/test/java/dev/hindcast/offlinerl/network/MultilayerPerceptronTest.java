package dev.hindcast.offlinerl.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.data.Normalizer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class MultilayerPerceptronTest {
  @Test
  void givesTheSameBitsOnEveryCallAndInAnyBatch() {
    Architecture architecture = NetworkContractTest.MIXED;
    MultilayerPerceptron network =
        new MultilayerPerceptron(
            architecture,
            new Normalizer(new float[3], new float[] {1, 1, 1}),
            NetworkContractTest.parameters(architecture));
    int rows = NetworkContractTest.ROWS;
    float[] numbers = NetworkContractTest.random(rows * 3, 3);
    float[] extra = NetworkContractTest.extra(architecture, rows);
    float[] once = network.forward(decisions(rows, numbers), extra);
    assertThat(network.forward(decisions(rows, numbers), extra)).containsExactly(once);
    float[] last = Arrays.copyOfRange(numbers, 3 * (rows - 1), 3 * rows);
    float[] lastExtra = Arrays.copyOfRange(extra, 2 * (rows - 1), 2 * rows);
    assertThat(network.forward(decisions(1, last), lastExtra))
        .containsExactly(Arrays.copyOfRange(once, 5 * (rows - 1), 5 * rows));
  }

  private static Decisions decisions(int rows, float[] numbers) {
    int[] categories = new int[2 * rows];
    Arrays.fill(categories, 1);
    return new Decisions(
        rows, numbers, categories, new boolean[0], new String[rows], new int[rows]);
  }
}
