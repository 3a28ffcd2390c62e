package dev.hindcast.offlinerl.network.simd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.offlinerl.network.Architecture;
import dev.hindcast.offlinerl.network.Network;
import dev.hindcast.offlinerl.network.NetworkContractTest;
import dev.hindcast.offlinerl.network.Networks;
import dev.hindcast.offlinerl.network.Observations;
import dev.hindcast.offlinerl.network.djl.DjlNetworks;
import dev.hindcast.training.learner.Device;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SimdNetworkTest extends NetworkContractTest {
  @Override
  protected Networks networks() {
    return new SimdNetworks();
  }

  @Override
  protected long held(Networks networks) {
    return Pointer.totalBytes();
  }

  /** The two backends are two implementations of one definition. */
  @ParameterizedTest
  @MethodSource("architectures")
  void fiftyStepsAreThoseOfPyTorch(Architecture architecture) {
    float[] start = parameters(architecture);
    float[] extra = extra(architecture, ROWS);
    try (Networks pytorch = DjlNetworks.on(Device.CPU);
        Networks simd = networks();
        Observations theirs = place(pytorch, architecture);
        Observations ours = place(simd, architecture);
        Network expected = pytorch.create(architecture, start, 1e-3);
        Network found = simd.create(architecture, start, 1e-3)) {
      for (int i = 0; i < 50; i++) {
        float[] direction = random(ROWS * architecture.outputs(), i);
        assertClose(
            found.forward(ours, ALL_ROWS, extra), expected.forward(theirs, ALL_ROWS, extra));
        assertClose(found.backwardThrough(direction), expected.backwardThrough(direction));
        assertClose(found.gradients(), expected.gradients());
        found.step();
        expected.step();
      }
      assertClose(found.parameters(), expected.parameters());
      assertClose(found.optimizer().mean(), expected.optimizer().mean());
      assertClose(found.optimizer().variance(), expected.optimizer().variance());
    }
  }

  /** To 1e-5, of the larger numbers' size. */
  private static void assertClose(float[] found, float[] expected) {
    assertThat(found).hasSameSizeAs(expected);
    float size = 1;
    for (float value : expected) {
      size = Math.max(size, Math.abs(value));
    }
    assertThat(found).containsExactly(expected, within(1e-5f * size));
  }

  @Test
  void everythingIsGivenBackAtTheEnd() {
    long before = Pointer.totalBytes();
    try (Networks networks = networks();
        Observations observations = place(networks, MIXED)) {
      Network network = networks.create(MIXED, parameters(MIXED), 0.01);
      network.forward(observations, ALL_ROWS, extra(MIXED, ROWS));
      network.predict(observations, ALL_ROWS, extra(MIXED, ROWS));
      network.backward(random(ROWS * MIXED.outputs(), 1));
      assertThat(Pointer.totalBytes()).isGreaterThan(before);
    }
    assertThat(Pointer.totalBytes()).isEqualTo(before);
  }

  @Test
  void useAfterClosingIsRefusedNotACrash() {
    Network network;
    try (Networks networks = networks()) {
      network = networks.create(MIXED, parameters(MIXED), 0.01);
    }
    assertThatThrownBy(network::parameters).hasMessage("This network or its backend is closed.");
    assertThatThrownBy(network::step).hasMessage("This network or its backend is closed.");
  }

  @Test
  void wrongSizesAreRefusedInWords() {
    Architecture other =
        new Architecture(1, MIXED.embeddings(), 2, MIXED.hidden(), MIXED.normalization(), 5);
    try (Networks networks = networks();
        Observations observations = place(networks, MIXED);
        Network network = networks.create(other, parameters(other), 0.01)) {
      assertThatThrownBy(() -> network.forward(observations, ALL_ROWS, extra(other, ROWS)))
          .hasMessage(
              "The observations have 3 numeric and 2 categorical fields, the network takes 1 and 2.");
      assertThatThrownBy(() -> network.parameters(new float[1]))
          .hasMessage("1 numbers for " + other.parameterCount() + " parameters.");
      Network target = networks.create(MIXED, parameters(MIXED), 0);
      assertThatThrownBy(() -> target.polyakFrom(network, 0.5))
          .hasMessageStartingWith("Cannot follow a network of another architecture");
      assertThatThrownBy(() -> new Block(Integer.MAX_VALUE))
          .hasMessageContaining("Train with smaller batches or narrower layers.");
    }
  }
}
