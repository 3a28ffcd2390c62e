package dev.hindcast.offlinerl.network.simd;

import dev.hindcast.core.config.UserError;
import dev.hindcast.offlinerl.network.Architecture;
import dev.hindcast.offlinerl.network.Network;
import dev.hindcast.offlinerl.network.Networks;
import dev.hindcast.offlinerl.network.Observations;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The backend for CPUs: one thread, the same bits every time on the same kind of processor. One per
 * training task and thread; several may live in one process.
 *
 * <p>Weights and the inputs of layers live outside the Java heap: about four bytes times batch size
 * times the sum of the layers' widths for every network that learns, besides its parameters.
 */
public final class SimdNetworks implements Networks {
  private final List<SimdNetwork> networks = new ArrayList<>();
  private final Map<Architecture, Pass> predictions = new HashMap<>();
  private final Map<Integer, Block> scratch = new HashMap<>();

  /**
   * A backend.
   *
   * @throws UserError (resources) where {@link #missing} says why
   */
  public SimdNetworks() {
    Optional<String> missing = missing();
    if (missing.isPresent()) {
      throw new UserError(
          UserError.Kind.RESOURCES,
          "Cannot load OpenBLAS: "
              + missing.get()
              + ". The jars openblas and javacpp for this platform must be on the class path, and the folder named by -Dorg.bytedeco.javacpp.cachedir (.javacpp/cache in the home folder by default) writable.");
    }
  }

  /** Why this backend cannot be used here, in words; empty where it can. */
  public static Optional<String> missing() {
    return Blas.missing();
  }

  @Override
  public Observations place(float[] numeric, int[] categories, int categoricalFields, int rows) {
    return new SimdObservations(numeric, categories, categoricalFields, rows);
  }

  @Override
  public Network create(Architecture architecture, float[] parameters, double learningRate) {
    SimdNetwork network = new SimdNetwork(this, architecture, parameters, learningRate);
    networks.add(network);
    return network;
  }

  @Override
  public String inWords() {
    return "CPU, one thread";
  }

  @Override
  public void close() {
    List.copyOf(networks).forEach(SimdNetwork::close);
    predictions.values().forEach(Pass::close);
    predictions.clear();
    scratch.values().forEach(Block::close);
    scratch.clear();
  }

  /** What networks of this architecture share for predictions. */
  Pass prediction(Architecture architecture) {
    return predictions.computeIfAbsent(architecture, Pass::new);
  }

  /** Shared memory for at least this many numbers, until someone asks for the same one again. */
  Block scratch(int which, long size) {
    Block block = scratch.get(which);
    if (block == null || block.size() < size) {
      if (block != null) {
        block.close();
      }
      block = new Block(size);
      scratch.put(which, block);
    }
    return block;
  }

  void forget(SimdNetwork network) {
    networks.remove(network);
  }
}
