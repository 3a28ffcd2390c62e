package dev.hindcast.offlinerl.network.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hindcast.core.config.UserError;
import dev.hindcast.offlinerl.network.NetworkContractTest;
import dev.hindcast.offlinerl.network.Networks;
import dev.hindcast.training.learner.Device;
import org.junit.jupiter.api.Test;

class DjlNetworkTest extends NetworkContractTest {
  @Override
  protected Networks networks() {
    return DjlNetworks.on(Device.CPU);
  }

  @Override
  protected long held(Networks networks) {
    return ((DjlNetworks) networks).liveArrays();
  }

  @Test
  void gpuWhereThereIsNoneIsRefusedInWords() {
    if (DjlNetworks.findsGpu()) {
      return;
    }
    assertThatThrownBy(() -> DjlNetworks.on(Device.GPU))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("Cannot train on a GPU: PyTorch finds none here");
    try (Networks networks = DjlNetworks.on(Device.AUTO)) {
      assertThat(networks.inWords()).isEqualTo("CPU, one thread, by PyTorch");
    }
  }
}
