package dev.hindcast.offlinerl.training;

import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.offlinerl.algorithm.Learner;
import dev.hindcast.offlinerl.network.FreeParameters;
import dev.hindcast.offlinerl.network.Network;
import dev.hindcast.offlinerl.product.FrozenProduct;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All that training needs to go on as if it had never stopped: updates made, metrics and snapshots
 * so far, what the alarms have counted, and of every network (and of what else is learned) the
 * parameters and the optimizer's memory. Batches need nothing, see {@link ReplayBuffer}.
 *
 * <p>A temporary file between two runs of one build, not an artefact: its layout may change at any
 * time. It ends with the hash of what stands before, so that a torn one is never used.
 */
final class Checkpoint {
  private static final int MAGIC = 0x48434b33; // HCK3
  private static final int HASH_LENGTH = 71;

  /** What has been seen of the run so far. */
  private record Watched(Metrics.State metrics, Alarms.State alarms) {}

  private Checkpoint() {}

  /** The bytes of a checkpoint; {@code run} says which run it belongs to. */
  static byte[] write(
      Fingerprint run,
      long updates,
      Metrics metrics,
      Alarms alarms,
      Snapshots snapshots,
      Learner learner) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(MAGIC);
      out.writeUTF(run.value());
      out.writeLong(updates);
      byte[] state = CanonicalJson.bytes(new Watched(metrics.state(), alarms.state()));
      out.writeInt(state.length);
      out.write(state);
      out.writeInt(learner.networks().size());
      for (Map.Entry<String, Network> entry : new TreeMap<>(learner.networks()).entrySet()) {
        out.writeUTF(entry.getKey());
        write(out, entry.getValue().parameters());
        write(out, entry.getValue().optimizer());
      }
      out.writeInt(learner.parameters().size());
      for (Map.Entry<String, FreeParameters> entry :
          new TreeMap<>(learner.parameters()).entrySet()) {
        out.writeUTF(entry.getKey());
        write(out, entry.getValue().values());
        write(out, entry.getValue().optimizer());
      }
      write(out, snapshots);
    } catch (IOException e) {
      throw new UncheckedIOException("Writing to memory cannot fail.", e);
    }
    byte[] content = bytes.toByteArray();
    byte[] whole = Arrays.copyOf(content, content.length + HASH_LENGTH);
    byte[] hash = Fingerprint.of(content).value().getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(hash, 0, whole, content.length, HASH_LENGTH);
    return whole;
  }

  /**
   * Puts learner, metrics and alarms where the checkpoint left them.
   *
   * @return the updates made, or empty, with nothing changed, when the bytes are damaged or belong
   *     to another run
   */
  static Optional<Long> restore(
      byte[] whole,
      Fingerprint run,
      Metrics metrics,
      Alarms alarms,
      Snapshots snapshots,
      Learner learner) {
    if (whole.length < HASH_LENGTH) {
      return Optional.empty();
    }
    byte[] content = Arrays.copyOf(whole, whole.length - HASH_LENGTH);
    String hash = new String(whole, content.length, HASH_LENGTH, StandardCharsets.US_ASCII);
    if (!Fingerprint.of(content).value().equals(hash)) {
      return Optional.empty();
    }
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(content))) {
      if (in.readInt() != MAGIC || !in.readUTF().equals(run.value())) {
        return Optional.empty();
      }
      long updates = in.readLong();
      byte[] state = in.readNBytes(in.readInt());
      Map<String, Network> networks = learner.networks();
      Map<String, FreeParameters> parameters = learner.parameters();
      int count = in.readInt();
      if (count != networks.size()) {
        return Optional.empty();
      }
      Watched watched = CanonicalJson.read(state, Watched.class);
      metrics.restore(watched.metrics());
      alarms.restore(watched.alarms());
      for (int i = 0; i < count; i++) {
        Network network = networks.get(in.readUTF());
        network.parameters(floats(in));
        network.optimizer(optimizer(in));
      }
      int others = in.readInt();
      for (int i = 0; i < others; i++) {
        FreeParameters numbers = parameters.get(in.readUTF());
        numbers.values(floats(in));
        numbers.optimizer(optimizer(in));
      }
      snapshots.restore(snapshots(in, learner));
      return Optional.of(updates);
    } catch (IOException e) {
      throw new UncheckedIOException("A checkpoint whose hash is right cannot be read.", e);
    }
  }

  /** Numbers only: head and architectures are the learner's, and stay the same. */
  private static void write(DataOutputStream out, Snapshots snapshots) throws IOException {
    out.writeInt(snapshots.taken().size());
    for (Map.Entry<Long, FrozenProduct> snapshot : snapshots.taken().entrySet()) {
      out.writeLong(snapshot.getKey());
      for (FrozenProduct.Weights weights : snapshot.getValue().networks().values()) {
        write(out, weights.parameters());
      }
      for (float[] vector : snapshot.getValue().vectors().values()) {
        write(out, vector);
      }
    }
  }

  private static SortedMap<Long, FrozenProduct> snapshots(DataInputStream in, Learner learner)
      throws IOException {
    SortedMap<Long, FrozenProduct> snapshots = new TreeMap<>();
    int count = in.readInt();
    for (int i = 0; i < count; i++) {
      FrozenProduct like = learner.product().frozen();
      long updates = in.readLong();
      Map<String, FrozenProduct.Weights> networks = new TreeMap<>(like.networks());
      for (Map.Entry<String, FrozenProduct.Weights> entry : networks.entrySet()) {
        entry.setValue(new FrozenProduct.Weights(entry.getValue().architecture(), floats(in)));
      }
      Map<String, float[]> vectors = new TreeMap<>(like.vectors());
      for (Map.Entry<String, float[]> entry : vectors.entrySet()) {
        entry.setValue(floats(in));
      }
      snapshots.put(updates, new FrozenProduct(like.head(), networks, vectors));
    }
    return snapshots;
  }

  private static void write(DataOutputStream out, Network.OptimizerState state) throws IOException {
    out.writeLong(state.steps());
    write(out, state.mean());
    write(out, state.variance());
  }

  private static Network.OptimizerState optimizer(DataInputStream in) throws IOException {
    long steps = in.readLong();
    return new Network.OptimizerState(steps, floats(in), floats(in));
  }

  private static void write(DataOutputStream out, float[] values) throws IOException {
    out.writeInt(values.length);
    for (float value : values) {
      out.writeInt(Float.floatToRawIntBits(value));
    }
  }

  private static float[] floats(DataInputStream in) throws IOException {
    float[] values = new float[in.readInt()];
    for (int i = 0; i < values.length; i++) {
      values[i] = Float.intBitsToFloat(in.readInt());
    }
    return values;
  }
}
