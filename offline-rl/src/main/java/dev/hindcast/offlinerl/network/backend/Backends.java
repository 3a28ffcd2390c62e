package dev.hindcast.offlinerl.network.backend;

import dev.hindcast.offlinerl.network.Networks;
import dev.hindcast.offlinerl.network.djl.DjlNetworks;
import dev.hindcast.offlinerl.network.simd.SimdNetworks;
import dev.hindcast.training.learner.Device;
import java.util.OptionalInt;

/** The one place that turns the wish for a device into a backend. */
public final class Backends {
  private Backends() {}

  /**
   * A GPU computes with PyTorch, a CPU with OpenBLAS; where there is no OpenBLAS for the platform,
   * with PyTorch too.
   *
   * @throws dev.hindcast.core.config.UserError (resources) when a GPU was asked for and there is
   *     none, or no backend can be loaded
   */
  public static Networks on(Device device) {
    return on(device, OptionalInt.empty());
  }

  /**
   * The same on one GPU among several, where it is to be a GPU.
   *
   * @param index which; not given: the first
   */
  public static Networks on(Device device, OptionalInt index) {
    boolean gpu = device == Device.GPU || (device == Device.AUTO && DjlNetworks.findsGpu());
    if (gpu) {
      return DjlNetworks.on(Device.GPU, index);
    }
    if (SimdNetworks.missing().isEmpty()) {
      return new SimdNetworks();
    }
    try {
      return DjlNetworks.on(Device.CPU);
    } catch (NoClassDefFoundError e) { // a stream's jar is without PyTorch
      return new SimdNetworks(); // says what is missing
    }
  }
}
