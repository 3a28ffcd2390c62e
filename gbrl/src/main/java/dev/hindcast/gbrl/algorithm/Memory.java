package dev.hindcast.gbrl.algorithm;

import dev.hindcast.gbrl.tree.FeatureMatrix;
import dev.hindcast.gbrl.tree.Features;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** What a learner has seen in past iterations: the latest observations, up to so many. */
final class Memory implements Part {
  private final Features features;
  private final int most;
  private float[] values = new float[0];

  /** Empty. */
  Memory(Features features, int most) {
    this.features = features;
    this.most = most;
  }

  /** Adds rows of features, and forgets the oldest where there are too many. */
  void add(float[] rows) {
    int kept = Math.min(values.length, Math.max(0, most * features.width() - rows.length));
    float[] all = Arrays.copyOf(rows, Math.min(rows.length, most * features.width()));
    float[] joined = new float[kept + all.length];
    System.arraycopy(values, values.length - kept, joined, 0, kept);
    System.arraycopy(all, 0, joined, kept, all.length);
    values = joined;
  }

  /** All of them; whoever asks closes it. */
  FeatureMatrix matrix() {
    return FeatureMatrix.of(features, values);
  }

  @Override
  public byte[] bytes() {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }

  @Override
  public void restore(byte[] from) {
    values = new float[from.length / Float.BYTES];
    ByteBuffer.wrap(from).asFloatBuffer().get(values);
  }
}
