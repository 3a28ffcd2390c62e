package dev.hindcast.offlinerl.network.djl;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.hindcast.core.config.UserError;
import dev.hindcast.offlinerl.network.Architecture;
import dev.hindcast.offlinerl.network.Network;
import dev.hindcast.offlinerl.network.Networks;
import dev.hindcast.offlinerl.network.Observations;
import dev.hindcast.training.learner.Device;
import java.util.OptionalInt;

/**
 * The PyTorch backend. One per training task and thread; several may live in one process.
 *
 * <p>On the CPU every task computes with one thread, so results do not depend on what else runs.
 */
public final class DjlNetworks implements Networks {
  private final NDManager manager;

  private DjlNetworks(NDManager manager) {
    this.manager = manager;
  }

  /**
   * A backend on a device, on the first GPU where that is one.
   *
   * @throws UserError as {@link #on(Device, OptionalInt)} does
   */
  public static DjlNetworks on(Device device) {
    return on(device, OptionalInt.empty());
  }

  /**
   * A backend on a device.
   *
   * @param gpu which GPU, where it is to be one; not given: the first
   * @throws UserError (resources) when the native library cannot be loaded, or a GPU was asked for
   *     and is not there
   */
  public static DjlNetworks on(Device device, OptionalInt gpu) {
    Engine engine = Natives.engine();
    int gpus = device == Device.CPU ? 0 : engine.getGpuCount();
    if (gpus <= gpu.orElse(0) && (device == Device.GPU || gpus > 0)) {
      throw new UserError(
          UserError.Kind.RESOURCES,
          "Cannot train on a GPU: "
              + (gpu.isPresent() ? "Spark gave this task GPU " + gpu.getAsInt() + ", and " : "")
              + "PyTorch finds "
              + (gpus == 0 ? "none" : gpus == 1 ? "only GPU 0" : "GPUs 0 to " + (gpus - 1))
              + " here. Set train.device to auto or cpu, or check the driver and that the CUDA build of PyTorch is the one loaded (PYTORCH_LIBRARY_PATH); hindcast doctor says what is missing.");
    }
    // Per thread: OpenMP keeps this setting for each calling thread of its own.
    JniUtils.setNumThreads(1);
    return new DjlNetworks(
        engine.newBaseManager(gpus > 0 ? ai.djl.Device.gpu(gpu.orElse(0)) : ai.djl.Device.cpu()));
  }

  /** How many GPUs PyTorch finds here; none where it cannot be loaded. */
  public static int gpus() {
    return Natives.loaded().map(Engine::getGpuCount).orElse(0);
  }

  /** Whether PyTorch can be loaded here and finds a GPU. */
  public static boolean findsGpu() {
    return gpus() > 0;
  }

  @Override
  public Observations place(float[] numeric, int[] categories, int categoricalFields, int rows) {
    int d = rows == 0 ? 0 : numeric.length / rows;
    NDManager own = manager.newSubManager();
    PtNDArray numbers = d == 0 ? null : (PtNDArray) own.create(numeric, new Shape(rows, d));
    PtNDArray[] codes = new PtNDArray[categoricalFields];
    for (int field = 0; field < categoricalFields; field++) {
      long[] column = new long[rows];
      for (int row = 0; row < rows; row++) {
        column[row] = categories[row * categoricalFields + field];
      }
      // (rows, 1): an embedding lookup with row numbers then is the fastest gather.
      codes[field] = (PtNDArray) own.create(column, new Shape(rows, 1));
    }
    return new DjlObservations(own, rows, numbers, codes);
  }

  @Override
  public Network create(Architecture architecture, float[] parameters, double learningRate) {
    return new DjlNetwork(manager.newSubManager(), architecture, parameters, learningRate);
  }

  @Override
  public String inWords() {
    return manager.getDevice().isGpu()
        ? manager.getDevice().toString()
        : "CPU, one thread, by PyTorch";
  }

  @Override
  public void close() {
    manager.close();
  }

  /** How many arrays live in this backend; for finding leaks. */
  int liveArrays() {
    return manager.getManagedArrays().size();
  }
}
