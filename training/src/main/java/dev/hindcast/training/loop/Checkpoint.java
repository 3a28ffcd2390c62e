package dev.hindcast.training.loop;

import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.training.learner.Learner;
import dev.hindcast.training.sampling.ReplayBuffer;
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
 * All that training needs to go on as if it had never stopped: where the run stands, {@link
 * RunState}, and the snapshots so far. Batches need nothing, see {@link ReplayBuffer}.
 *
 * <p>A temporary file between two runs of one build, not an artefact: its layout may change at any
 * time. It ends with the hash of what stands before, so that a torn one is never used.
 */
final class Checkpoint {
  private static final int HASH_LENGTH = 71;

  private Checkpoint() {}

  /** The bytes of a checkpoint; {@code run} says which run it belongs to. */
  static byte[] write(Fingerprint run, RunState state, Snapshots snapshots) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      byte[] standing = state.bytes(run);
      out.writeInt(standing.length);
      out.write(standing);
      write(out, snapshots);
      out.write(Fingerprint.of(bytes.toByteArray()).value().getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new UncheckedIOException("Writing to memory cannot fail.", e);
    }
    return bytes.toByteArray();
  }

  /**
   * Where the run stood; its snapshots are put back.
   *
   * @return empty, with nothing changed, when the bytes are damaged or belong to another run or a
   *     learner of another kind
   */
  static Optional<RunState> read(
      byte[] whole, Fingerprint run, Snapshots snapshots, Learner learner) {
    int length = whole.length - HASH_LENGTH;
    if (length < 0
        || !new String(whole, length, HASH_LENGTH, StandardCharsets.US_ASCII)
            .equals(Fingerprint.of(Arrays.copyOf(whole, length)).value())) {
      return Optional.empty();
    }
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(whole))) {
      Optional<RunState> state =
          RunState.read(in.readNBytes(in.readInt()), run).filter(found -> found.isOf(learner));
      if (state.isPresent()) {
        snapshots.restore(snapshots(in));
      }
      return state;
    } catch (IOException e) {
      throw new UncheckedIOException("A checkpoint whose hash is right cannot be read.", e);
    }
  }

  private static void write(DataOutputStream out, Snapshots snapshots) throws IOException {
    out.writeInt(snapshots.taken().size());
    for (Map.Entry<Long, byte[]> snapshot : snapshots.taken().entrySet()) {
      out.writeLong(snapshot.getKey());
      out.writeInt(snapshot.getValue().length);
      out.write(snapshot.getValue());
    }
  }

  private static SortedMap<Long, byte[]> snapshots(DataInputStream in) throws IOException {
    SortedMap<Long, byte[]> snapshots = new TreeMap<>();
    for (int left = in.readInt(); left > 0; left--) {
      snapshots.put(in.readLong(), in.readNBytes(in.readInt()));
    }
    return snapshots;
  }
}
