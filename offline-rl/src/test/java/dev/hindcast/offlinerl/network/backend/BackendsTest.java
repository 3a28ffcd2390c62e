package dev.hindcast.offlinerl.network.backend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hindcast.offlinerl.network.Networks;
import dev.hindcast.offlinerl.network.djl.DjlNetworks;
import dev.hindcast.offlinerl.network.simd.SimdNetworks;
import dev.hindcast.training.learner.Device;
import org.junit.jupiter.api.Test;

class BackendsTest {
  @Test
  void theCpuIsServedWithoutPyTorch() {
    try (Networks networks = Backends.on(Device.CPU)) {
      assertThat(networks).isInstanceOf(SimdNetworks.class);
      assertThat(networks.inWords()).isEqualTo("CPU, one thread");
    }
  }

  @Test
  void autoTakesAGpuWhereThereIsOne() {
    try (Networks networks = Backends.on(Device.AUTO)) {
      assertThat(networks)
          .isInstanceOf(DjlNetworks.findsGpu() ? DjlNetworks.class : SimdNetworks.class);
    }
  }
}
