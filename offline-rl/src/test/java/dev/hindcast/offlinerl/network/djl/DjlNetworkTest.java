package dev.hindcast.offlinerl.network.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.data.Normalizer;
import dev.hindcast.offlinerl.network.Architecture;
import dev.hindcast.offlinerl.network.Architecture.Embedding;
import dev.hindcast.offlinerl.network.MultilayerPerceptron;
import dev.hindcast.offlinerl.network.Network;
import dev.hindcast.offlinerl.network.Networks;
import dev.hindcast.offlinerl.network.Networks.Device;
import dev.hindcast.offlinerl.network.Observations;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DjlNetworkTest {
  private static final int ROWS = 50;
  private static final Architecture MIXED =
      new Architecture(
          3,
          List.of(new Embedding(7, 4), new Embedding(3, 2)),
          0,
          List.of(16, 8),
          Architecture.Normalization.NONE,
          5);
  private static final int[] ALL_ROWS = IntStream.range(0, ROWS).toArray();

  @Test
  void equalsThePlainJavaNetwork() {
    try (DjlNetworks networks = DjlNetworks.on(Device.CPU);
        Observations observations = place(networks);
        Network network = networks.create(MIXED, parameters(), 0.1)) {
      float[] expected = plain(parameters()).forward(decisions());
      assertThat(network.predict(observations, ALL_ROWS)).containsExactly(expected, within(1e-5f));
      assertThat(network.forward(observations, ALL_ROWS)).containsExactly(expected, within(1e-5f));
    }
  }

  @Test
  void plainJavaNetworkGivesTheSameBitsOnEveryCallAndInAnyBatch() {
    MultilayerPerceptron network = plain(parameters());
    float[] once = network.forward(decisions());
    assertThat(network.forward(decisions())).containsExactly(once);
    Decisions whole = decisions();
    Decisions last =
        new Decisions(
            1,
            java.util.Arrays.copyOfRange(whole.numeric(), 3 * (ROWS - 1), 3 * ROWS),
            java.util.Arrays.copyOfRange(whole.categories(), 2 * (ROWS - 1), 2 * ROWS),
            new boolean[0],
            new String[1],
            new int[1]);
    assertThat(network.forward(last))
        .containsExactly(java.util.Arrays.copyOfRange(once, 5 * (ROWS - 1), 5 * ROWS));
  }

  @Test
  void backwardIsTheVectorJacobianProduct() {
    int[] batch = {0, 3, 3, 7};
    float[] direction = random(batch.length * 5, 9);
    try (DjlNetworks networks = DjlNetworks.on(Device.CPU);
        Observations observations = place(networks);
        Network network = networks.create(MIXED, parameters(), 0.1)) {
      network.forward(observations, batch);
      network.backward(direction);
      float[] gradient = network.gradients();
      float[] at = parameters();
      for (int i = 0; i < at.length; i += 7) {
        float[] up = at.clone();
        float[] down = at.clone();
        up[i] += 1e-3f;
        down[i] -= 1e-3f;
        double slope =
            (along(plain(up), batch, direction) - along(plain(down), batch, direction))
                / ((double) up[i] - down[i]);
        assertThat((double) gradient[i]).as("parameter %d", i).isCloseTo(slope, within(5e-3));
      }
    }
  }

  @Test
  void gradientsAddUpUntilTheStepAndAreForgottenThen() {
    try (DjlNetworks networks = DjlNetworks.on(Device.CPU);
        Observations observations = place(networks);
        Network network = networks.create(MIXED, parameters(), 0)) {
      float[] direction = random(5, 9);
      network.forward(observations, new int[] {4});
      network.backward(direction);
      float[] once = network.gradients();
      network.forward(observations, new int[] {4});
      network.backward(direction);
      float[] twice = network.gradients();
      for (int i = 0; i < once.length; i++) {
        assertThat(twice[i]).isEqualTo(2 * once[i]);
      }
      network.step();
      assertThat(network.gradients()).containsOnly(0);
    }
  }

  /** Adam as published (Kingma and Ba, algorithm 1), in doubles. */
  @Test
  void stepIsAdam() {
    try (DjlNetworks networks = DjlNetworks.on(Device.CPU);
        Observations observations = place(networks);
        Network network = networks.create(MIXED, parameters(), 0.01)) {
      int n = MIXED.parameterCount();
      double[] p = new double[n];
      double[] m = new double[n];
      double[] v = new double[n];
      for (int i = 0; i < n; i++) {
        p[i] = parameters()[i];
      }
      for (int t = 1; t <= 20; t++) {
        network.forward(observations, ALL_ROWS);
        network.backward(random(ROWS * 5, t));
        float[] gradient = network.gradients();
        network.step();
        for (int i = 0; i < n; i++) {
          m[i] = 0.9 * m[i] + 0.1 * gradient[i];
          v[i] = 0.999 * v[i] + 0.001 * gradient[i] * gradient[i];
          double mHat = m[i] / (1 - Math.pow(0.9, t));
          double vHat = v[i] / (1 - Math.pow(0.999, t));
          p[i] -= 0.01 * mHat / (Math.sqrt(vHat) + 1e-8);
        }
      }
      float[] found = network.parameters();
      for (int i = 0; i < n; i++) {
        assertThat((double) found[i]).as("parameter %d", i).isCloseTo(p[i], within(1e-5));
      }
    }
  }

  @Test
  void polyakMovesBySoMuch() {
    try (DjlNetworks networks = DjlNetworks.on(Device.CPU);
        Network source = networks.create(MIXED, random(MIXED.parameterCount(), 5), 0.1);
        Network target = networks.create(MIXED, parameters(), 0)) {
      target.polyakFrom(source, 0.25);
      float[] found = target.parameters();
      for (int i = 0; i < found.length; i++) {
        double expected = 0.75 * parameters()[i] + 0.25 * source.parameters()[i];
        assertThat((double) found[i]).isCloseTo(expected, within(1e-6));
      }
    }
  }

  @Test
  void parametersAndOptimizerSurviveARoundTrip() {
    try (DjlNetworks networks = DjlNetworks.on(Device.CPU);
        Observations observations = place(networks);
        Network trained = networks.create(MIXED, parameters(), 0.01);
        Network copy = networks.create(MIXED, random(MIXED.parameterCount(), 5), 0.01)) {
      updates(trained, observations, 0, 5);
      copy.parameters(trained.parameters());
      copy.optimizer(trained.optimizer());
      updates(trained, observations, 5, 10);
      updates(copy, observations, 5, 10);
      assertThat(copy.parameters()).containsExactly(trained.parameters());
    }
  }

  /**
   * DJL would let a network share the Java memory its parameters came in, which the collector
   * frees.
   */
  @Test
  void parametersSetSurviveGarbageCollection() {
    try (DjlNetworks networks = DjlNetworks.on(Device.CPU);
        Network network = networks.create(MIXED, parameters(), 0.01)) {
      float[] set = random(MIXED.parameterCount(), 5);
      network.parameters(set);
      for (int i = 0; i < 50; i++) {
        System.gc();
        java.nio.ByteBuffer.allocateDirect(4 * set.length).putFloat(0, i);
      }
      assertThat(network.parameters()).containsExactly(set);
    }
  }

  @Test
  void twoTasksSideBySideGetTheSameBitsAsOneAlone() throws Exception {
    float[] alone = trainedAlone();
    CyclicBarrier together = new CyclicBarrier(2);
    Callable<float[]> task =
        () -> {
          together.await();
          return trainedAlone();
        };
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      Future<float[]> first = threads.submit(task);
      Future<float[]> second = threads.submit(task);
      assertThat(first.get()).containsExactly(alone);
      assertThat(second.get()).containsExactly(alone);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void thousandUpdatesLeaveNoMoreArraysThanTen() {
    try (DjlNetworks networks = DjlNetworks.on(Device.CPU);
        Observations observations = place(networks);
        Network network = networks.create(MIXED, parameters(), 0.01);
        Network target = networks.create(MIXED, parameters(), 0)) {
      for (int i = 0; i < 10; i++) {
        updates(network, observations, i, i + 1);
        target.polyakFrom(network, 0.1);
        target.predict(observations, ALL_ROWS);
      }
      int afterTen = networks.liveArrays();
      for (int i = 10; i < 1000; i++) {
        updates(network, observations, i, i + 1);
        target.polyakFrom(network, 0.1);
        target.predict(observations, ALL_ROWS);
      }
      assertThat(afterTen).isPositive();
      assertThat(networks.liveArrays()).isEqualTo(afterTen);
    }
  }

  @Test
  void backwardWithoutForwardIsRefused() {
    try (DjlNetworks networks = DjlNetworks.on(Device.CPU);
        Network network = networks.create(MIXED, parameters(), 0.01)) {
      assertThatThrownBy(() -> network.backward(new float[5]))
          .hasMessage("There was no forward that this backward could belong to.");
    }
  }

  @Test
  void gpuWhereThereIsNoneIsRefusedInWords() {
    if (ai.djl.engine.Engine.getEngine("PyTorch").getGpuCount() > 0) {
      return;
    }
    assertThatThrownBy(() -> DjlNetworks.on(Device.GPU))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("Cannot train on a GPU: PyTorch finds none here");
    try (Networks networks = DjlNetworks.on(Device.AUTO)) {
      assertThat(networks.inWords()).isEqualTo("CPU, one thread");
    }
  }

  private static float[] trainedAlone() {
    try (DjlNetworks networks = DjlNetworks.on(Device.CPU);
        Observations observations = place(networks);
        Network network = networks.create(MIXED, parameters(), 0.01)) {
      updates(network, observations, 0, 200);
      return network.parameters();
    }
  }

  private static void updates(Network network, Observations observations, int from, int to) {
    for (int i = from; i < to; i++) {
      float[] outputs = network.forward(observations, ALL_ROWS);
      for (int j = 0; j < outputs.length; j++) {
        outputs[j] -= (j + i) % 3;
      }
      network.backward(outputs);
      network.step();
    }
  }

  private static double along(MultilayerPerceptron network, int[] batch, float[] direction) {
    float[] outputs = network.forward(decisions());
    double sum = 0;
    for (int i = 0; i < batch.length; i++) {
      for (int j = 0; j < 5; j++) {
        sum += (double) direction[i * 5 + j] * outputs[batch[i] * 5 + j];
      }
    }
    return sum;
  }

  private static MultilayerPerceptron plain(float[] parameters) {
    Normalizer none = new Normalizer(new float[3], new float[] {1, 1, 1});
    return new MultilayerPerceptron(MIXED, none, parameters);
  }

  private static Observations place(DjlNetworks networks) {
    return networks.place(decisions().numeric(), decisions().categories(), 2, ROWS);
  }

  private static float[] parameters() {
    return MIXED.initialParameters(new SplittableRandom(1), Architecture.Initialization.UNIFORM);
  }

  private static Decisions decisions() {
    int[] categories = new int[ROWS * 2];
    for (int row = 0; row < ROWS; row++) {
      categories[row * 2] = row % 7;
      categories[row * 2 + 1] = row % 3;
    }
    return new Decisions(
        ROWS, random(ROWS * 3, 3), categories, new boolean[0], new String[ROWS], new int[ROWS]);
  }

  private static float[] random(int n, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
