package dev.hindcast.offlinerl.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.data.Normalizer;
import dev.hindcast.offlinerl.network.Architecture.Embedding;
import dev.hindcast.offlinerl.network.Architecture.Normalization;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What learners rely on in every backend. */
public abstract class NetworkContractTest {
  /** Rows of the test's observations. */
  protected static final int ROWS = 50;

  /** Every row once. */
  protected static final int[] ALL_ROWS = IntStream.range(0, ROWS).toArray();

  /** Numbers, two embeddings and extra inputs, not normalized. */
  protected static final Architecture MIXED = mixed(Normalization.NONE, List.of(16, 8));

  /** A fresh backend on the CPU. */
  protected abstract Networks networks();

  /** How much the backend holds besides the Java heap, in a unit of its own. */
  protected abstract long held(Networks networks);

  /** All normalizations, with and without hidden layers, each kind of input alone. */
  public static Stream<Architecture> architectures() {
    return Stream.of(
        MIXED,
        mixed(Normalization.BEFORE_ACTIVATION, List.of(16, 8)),
        mixed(Normalization.AFTER_ACTIVATION, List.of(16, 8)),
        mixed(Normalization.NONE, List.of()),
        mixed(Normalization.AFTER_ACTIVATION, List.of()),
        mixed(Normalization.NONE, List.of(300)),
        new Architecture(3, List.of(), 0, List.of(7), Normalization.NONE, 1),
        new Architecture(0, List.of(), 2, List.of(7), Normalization.BEFORE_ACTIVATION, 1),
        new Architecture(
            0, List.of(new Embedding(7, 4)), 0, List.of(9, 9, 9), Normalization.NONE, 2));
  }

  private static Architecture mixed(Normalization normalization, List<Integer> hidden) {
    return new Architecture(
        3, List.of(new Embedding(7, 4), new Embedding(3, 2)), 2, hidden, normalization, 5);
  }

  @ParameterizedTest
  @MethodSource("architectures")
  void equalsThePlainJavaNetwork(Architecture architecture) {
    try (Networks networks = networks();
        Observations observations = place(networks, architecture);
        Network network = networks.create(architecture, parameters(architecture), 0.1)) {
      float[] extra = extra(architecture, ROWS);
      Normalizer none = new Normalizer(new float[architecture.numeric()], ones(architecture));
      float[] expected =
          new MultilayerPerceptron(architecture, none, parameters(architecture))
              .forward(decisions(architecture), extra);
      assertThat(network.predict(observations, ALL_ROWS, extra))
          .containsExactly(expected, within(2e-5f));
      assertThat(network.forward(observations, ALL_ROWS, extra))
          .containsExactly(expected, within(2e-5f));
    }
  }

  @ParameterizedTest
  @MethodSource("architectures")
  void backwardIsTheVectorJacobianProduct(Architecture architecture) {
    int[] batch = {0, 3, 3, 7};
    float[] direction = random(batch.length * architecture.outputs(), 9);
    float[] extra = extra(architecture, batch.length);
    try (Networks networks = networks();
        Observations observations = place(networks, architecture);
        Network network = networks.create(architecture, parameters(architecture), 0.1)) {
      network.forward(observations, batch, extra);
      float[] asked = network.inputGradient(direction);
      assertThat(network.gradients()).containsOnly(0);
      network.forward(observations, batch, extra);
      float[] byExtra = network.backwardThrough(direction);
      assertThat(byExtra).containsExactly(asked, within(1e-6f));
      double[] at = doubles(parameters(architecture));
      double[] inputs = doubles(extra);
      float[] gradient = network.gradients();
      for (int i = 0; i < at.length; i += 1 + at.length / 400) {
        double slope = slope(at, i, () -> along(architecture, at, inputs, batch, direction));
        assertThat((double) gradient[i])
            .as("parameter %d", i)
            .isCloseTo(slope, within(1e-4 * (1 + Math.abs(slope))));
      }
      for (int i = 0; i < inputs.length; i++) {
        double slope = slope(inputs, i, () -> along(architecture, at, inputs, batch, direction));
        assertThat((double) byExtra[i])
            .as("extra input %d", i)
            .isCloseTo(slope, within(1e-4 * (1 + Math.abs(slope))));
      }
    }
  }

  /** Differences, over single parameters, of differences along the direction. */
  @ParameterizedTest
  @MethodSource("architectures")
  void backwardOfInputGradientIsTheGradientOfTheSlopesAlongADirection(Architecture architecture) {
    if (architecture.normalization() != Normalization.NONE || architecture.extra() == 0) {
      return;
    }
    int[] batch = {0, 3, 3, 7};
    float[] asked = random(batch.length * architecture.outputs(), 9);
    float[] direction = random(batch.length * architecture.extra(), 10);
    float[] extra = extra(architecture, batch.length);
    float[] start = parameters(architecture);
    try (Networks networks = networks();
        Observations observations = place(networks, architecture);
        Network network = networks.create(architecture, start, 0.1)) {
      network.forward(observations, batch, extra);
      network.inputGradient(asked);
      network.predict(observations, ALL_ROWS, extra(architecture, ROWS));
      network.backwardOfInputGradient(direction);
      float[] found = network.gradients();
      double[] at = doubles(start);
      double[] there = doubles(extra);
      double[] back = doubles(extra);
      for (int i = 0; i < extra.length; i++) {
        there[i] += 1e-5 * direction[i];
        back[i] -= 1e-5 * direction[i];
      }
      for (int i = 0; i < at.length; i += 1 + at.length / 400) {
        double slope =
            slope(
                at,
                i,
                () ->
                    (along(architecture, at, there, batch, asked)
                            - along(architecture, at, back, batch, asked))
                        / 2e-5);
        assertThat((double) found[i])
            .as("parameter %d", i)
            .isCloseTo(slope, within(1e-3 * (1 + Math.abs(slope))));
      }
    }
  }

  @Test
  void backwardOfInputGradientAddsToWhatFollows() {
    float[] asked = random(2 * MIXED.outputs(), 9);
    float[] direction = random(2 * MIXED.extra(), 10);
    float[] extra = extra(MIXED, 2);
    int[] batch = {1, 2};
    try (Networks networks = networks();
        Observations observations = place(networks, MIXED);
        Network network = networks.create(MIXED, parameters(MIXED), 0)) {
      network.forward(observations, batch, extra);
      network.backward(asked);
      float[] first = network.gradients();
      network.step();
      network.forward(observations, batch, extra);
      network.inputGradient(asked);
      network.backwardOfInputGradient(direction);
      float[] second = network.gradients();
      network.forward(observations, batch, extra);
      network.backward(asked);
      float[] sum = network.gradients();
      for (int i = 0; i < sum.length; i++) {
        assertThat(sum[i]).isCloseTo(first[i] + second[i], within(1e-5f));
      }
    }
  }

  @Test
  void backwardOfInputGradientIsRefusedWhereItCannotBe() {
    Architecture normalized = mixed(Normalization.BEFORE_ACTIVATION, List.of(4));
    try (Networks networks = networks();
        Observations observations = place(networks, MIXED);
        Network network = networks.create(MIXED, parameters(MIXED), 0);
        Network bent = networks.create(normalized, parameters(normalized), 0)) {
      int[] batch = {1};
      float[] extra = extra(MIXED, 1);
      network.forward(observations, batch, extra);
      assertThatThrownBy(() -> network.backwardOfInputGradient(new float[2]))
          .hasMessage("There was no input gradient that this backward could belong to.");
      bent.forward(observations, batch, extra);
      bent.inputGradient(new float[5]);
      assertThatThrownBy(() -> bent.backwardOfInputGradient(new float[2]))
          .hasMessageStartingWith("Cannot differentiate the slopes of a network with normalized");
    }
  }

  @ParameterizedTest
  @MethodSource("architectures")
  void gradientsAddUpUntilTheStepAndAreForgottenThen(Architecture architecture) {
    try (Networks networks = networks();
        Observations observations = place(networks, architecture);
        Network network = networks.create(architecture, parameters(architecture), 0)) {
      int[] row = {4};
      float[] extra = extra(architecture, 1);
      float[] direction = random(architecture.outputs(), 9);
      network.forward(observations, row, extra);
      network.backward(direction);
      float[] once = network.gradients();
      network.forward(observations, row, extra);
      network.backward(direction);
      float[] twice = network.gradients();
      for (int i = 0; i < once.length; i++) {
        assertThat(twice[i]).isCloseTo(2 * once[i], within(1e-5f));
      }
      network.step();
      assertThat(network.gradients()).containsOnly(0);
      network.forward(observations, row, extra);
      network.backward(direction);
      assertThat(network.gradients()).containsExactly(once, within(1e-6f));
    }
  }

  /** Adam as published (Kingma and Ba, algorithm 1), in doubles. */
  @ParameterizedTest
  @MethodSource("architectures")
  void stepIsAdam(Architecture architecture) {
    try (Networks networks = networks();
        Observations observations = place(networks, architecture);
        Network network = networks.create(architecture, parameters(architecture), 0.01)) {
      double[] p = doubles(parameters(architecture));
      int n = p.length;
      double[] m = new double[n];
      double[] v = new double[n];
      for (int t = 1; t <= 20; t++) {
        network.forward(observations, ALL_ROWS, extra(architecture, ROWS));
        network.backward(random(ROWS * architecture.outputs(), t));
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
  void stepWithoutGradientsStillMovesByMomentum() {
    try (Networks networks = networks();
        Observations observations = place(networks, MIXED);
        Network network = networks.create(MIXED, parameters(MIXED), 0.01)) {
      updates(network, observations, 0, 1);
      float[] before = network.optimizer().mean();
      network.step();
      float[] after = network.optimizer().mean();
      for (int i = 0; i < after.length; i++) {
        assertThat(after[i]).isCloseTo(0.9f * before[i], within(1e-6f));
      }
    }
  }

  @Test
  void polyakMovesBySoMuch() {
    try (Networks networks = networks();
        Network source = networks.create(MIXED, random(MIXED.parameterCount(), 5), 0.1);
        Network target = networks.create(MIXED, parameters(MIXED), 0)) {
      target.polyakFrom(source, 0.25);
      float[] found = target.parameters();
      for (int i = 0; i < found.length; i++) {
        double expected = 0.75 * parameters(MIXED)[i] + 0.25 * source.parameters()[i];
        assertThat((double) found[i]).isCloseTo(expected, within(1e-6));
      }
      target.polyakFrom(source, 1);
      assertThat(target.parameters()).containsExactly(source.parameters());
    }
  }

  @Test
  void parametersAndOptimizerSurviveARoundTrip() {
    try (Networks networks = networks();
        Observations observations = place(networks, MIXED);
        Network trained = networks.create(MIXED, parameters(MIXED), 0.01);
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
    try (Networks networks = networks();
        Network network = networks.create(MIXED, parameters(MIXED), 0.01)) {
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
  void predictKeepsTheForward() {
    float[] direction = random(2 * MIXED.outputs(), 9);
    float[] extra = extra(MIXED, 2);
    try (Networks networks = networks();
        Observations observations = place(networks, MIXED);
        Network network = networks.create(MIXED, parameters(MIXED), 0.1)) {
      network.forward(observations, new int[] {1, 2}, extra);
      network.backward(direction);
      float[] expected = network.gradients();
      network.step();
      network.parameters(parameters(MIXED));
      network.forward(observations, new int[] {1, 2}, extra);
      network.predict(observations, ALL_ROWS, extra(MIXED, ROWS));
      network.backward(direction);
      assertThat(network.gradients()).containsExactly(expected);
    }
  }

  @Test
  void manyRowsArePredictedLikeFew() {
    int many = 2500;
    int[] batch = IntStream.range(0, many).map(i -> i % ROWS).toArray();
    float[] few = extra(MIXED, ROWS);
    float[] extra = new float[many * MIXED.extra()];
    for (int i = 0; i < extra.length; i++) {
      extra[i] = few[i % few.length];
    }
    try (Networks networks = networks();
        Observations observations = place(networks, MIXED);
        Network network = networks.create(MIXED, parameters(MIXED), 0.1)) {
      float[] expected = network.predict(observations, ALL_ROWS, few);
      float[] found = network.predict(observations, batch, extra);
      for (int i = 0; i < found.length; i++) {
        assertThat(found[i]).isCloseTo(expected[i % expected.length], within(1e-5f));
      }
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
  void thousandsOfUpdatesHoldNoMoreThanTen() {
    try (Networks networks = networks();
        Observations observations = place(networks, MIXED);
        Network network = networks.create(MIXED, parameters(MIXED), 0.01);
        Network target = networks.create(MIXED, parameters(MIXED), 0)) {
      long afterTen = 0;
      for (int i = 0; i < 3000; i++) {
        updates(network, observations, i, i + 1);
        network.forward(observations, ALL_ROWS, extra(MIXED, ROWS));
        network.inputGradient(random(ROWS * MIXED.outputs(), i));
        target.polyakFrom(network, 0.1);
        target.predict(observations, ALL_ROWS, extra(MIXED, ROWS));
        afterTen = i == 9 ? held(networks) : afterTen;
      }
      assertThat(afterTen).isPositive();
      assertThat(held(networks)).isEqualTo(afterTen);
    }
  }

  @Test
  void wrongUsesAreRefusedInWords() {
    float[] direction = new float[MIXED.outputs()];
    try (Networks networks = networks();
        Observations observations = place(networks, MIXED);
        Network network = networks.create(MIXED, parameters(MIXED), 0.01)) {
      assertThatThrownBy(() -> network.backward(direction))
          .hasMessage("There was no forward that this backward could belong to.");
      assertThatThrownBy(() -> network.forward(observations, new int[] {0}))
          .hasMessage("0 extra numbers are not 2 for each of 1 rows.");
      network.forward(observations, new int[] {0}, new float[2]);
      network.backward(direction);
      assertThatThrownBy(() -> network.backward(direction))
          .hasMessage("There was no forward that this backward could belong to.");
      network.forward(observations, new int[] {0}, new float[2]);
      assertThatThrownBy(() -> network.inputGradient(direction))
          .hasMessage(
              "There are gradients that no step has used: an input gradient would mix with them.");
    }
  }

  private float[] trainedAlone() {
    try (Networks networks = networks();
        Observations observations = place(networks, MIXED);
        Network network = networks.create(MIXED, parameters(MIXED), 0.01)) {
      updates(network, observations, 0, 200);
      return network.parameters();
    }
  }

  private static void updates(Network network, Observations observations, int from, int to) {
    float[] extra = extra(network.architecture(), ROWS);
    for (int i = from; i < to; i++) {
      float[] outputs = network.forward(observations, ALL_ROWS, extra);
      for (int j = 0; j < outputs.length; j++) {
        outputs[j] -= (j + i) % 3;
      }
      network.backward(outputs);
      network.step();
    }
  }

  /** By central differences. */
  private static double slope(double[] at, int i, java.util.function.DoubleSupplier value) {
    double middle = at[i];
    at[i] = middle + 1e-6;
    double up = value.getAsDouble();
    at[i] = middle - 1e-6;
    double down = value.getAsDouble();
    at[i] = middle;
    return (up - down) / 2e-6;
  }

  private static double along(
      Architecture architecture,
      double[] parameters,
      double[] extra,
      int[] batch,
      float[] direction) {
    ReferenceNetwork network = new ReferenceNetwork(architecture, parameters);
    Decisions decisions = decisions(architecture);
    int numeric = architecture.numeric();
    int fields = architecture.embeddings().size();
    int extras = architecture.extra();
    double sum = 0;
    for (int i = 0; i < batch.length; i++) {
      int row = batch[i];
      double[] outputs =
          network.outputs(
              Arrays.copyOfRange(decisions.numeric(), row * numeric, (row + 1) * numeric),
              Arrays.copyOfRange(decisions.categories(), row * fields, (row + 1) * fields),
              Arrays.copyOfRange(extra, i * extras, (i + 1) * extras));
      for (int j = 0; j < outputs.length; j++) {
        sum += direction[i * outputs.length + j] * outputs[j];
      }
    }
    return sum;
  }

  /** The test's observations as far as the architecture takes them. */
  protected static Observations place(Networks networks, Architecture architecture) {
    Decisions decisions = decisions(architecture);
    return networks.place(
        decisions.numeric(), decisions.categories(), architecture.embeddings().size(), ROWS);
  }

  /** Fresh parameters; gains and shifts moved away from 1 and 0. */
  protected static float[] parameters(Architecture architecture) {
    float[] values =
        architecture.initialParameters(
            new SplittableRandom(1), Architecture.Initialization.UNIFORM);
    float[] noise = random(values.length, 2);
    for (Architecture.Tensor tensor : architecture.tensors()) {
      if (tensor.name().endsWith("gain") || tensor.name().endsWith("shift")) {
        for (int i = tensor.offset(); i < tensor.offset() + tensor.size(); i++) {
          values[i] += 0.3f * noise[i];
        }
      }
    }
    return values;
  }

  /** Extra inputs for so many rows. */
  protected static float[] extra(Architecture architecture, int rows) {
    return random(rows * architecture.extra(), 4);
  }

  private static float[] ones(Architecture architecture) {
    float[] ones = new float[architecture.numeric()];
    Arrays.fill(ones, 1);
    return ones;
  }

  private static Decisions decisions(Architecture architecture) {
    int fields = architecture.embeddings().size();
    int[] categories = new int[ROWS * fields];
    for (int i = 0; i < categories.length; i++) {
      int field = i % fields;
      categories[i] = (i / fields + field) % architecture.embeddings().get(field).codes();
    }
    return new Decisions(
        ROWS,
        random(ROWS * architecture.numeric(), 3),
        categories,
        new boolean[0],
        new String[ROWS],
        new int[ROWS]);
  }

  private static double[] doubles(float[] values) {
    double[] result = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      result[i] = values[i];
    }
    return result;
  }

  /** Standard normal numbers. */
  protected static float[] random(int n, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
