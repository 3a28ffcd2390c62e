package dev.hindcast.training.learner;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Where a learner stands, apart from any engine: another one with the same settings and data goes
 * on from here as it would have.
 *
 * @param numbers what has a mean over learners, by name
 * @param opaque what has none, by name: bytes that only the learner's own room reads
 */
public record LearnerState(SortedMap<String, Numbers> numbers, SortedMap<String, byte[]> opaque)
    implements Serializable {
  /** Copies the maps, not what they hold. */
  public LearnerState {
    numbers = Collections.unmodifiableSortedMap(new TreeMap<>(numbers));
    opaque = Collections.unmodifiableSortedMap(new TreeMap<>(opaque));
  }

  /**
   * Numbers that are learned, and what their optimizer remembers of them.
   *
   * @param values the numbers
   * @param steps how many steps the optimizer has made
   * @param mean running mean of the gradients, one for each value, or empty
   * @param variance running mean of their squares, one for each value, or empty
   */
  @SuppressWarnings("ArrayRecordComponent") // states travel; they are never compared
  public record Numbers(float[] values, long steps, float[] mean, float[] variance)
      implements Serializable {}

  /** Of numbers alone. */
  public static LearnerState of(Map<String, Numbers> numbers) {
    return new LearnerState(new TreeMap<>(numbers), new TreeMap<>());
  }

  /** Of bytes alone. */
  public static LearnerState ofOpaque(Map<String, byte[]> opaque) {
    return new LearnerState(new TreeMap<>(), new TreeMap<>(opaque));
  }

  /** Whether another one has the same things to learn. */
  public boolean isLike(LearnerState other) {
    return numbers.keySet().equals(other.numbers.keySet())
        && opaque.keySet().equals(other.opaque.keySet());
  }

  /**
   * The weighted mean of learners of one kind, summed in double precision in the order of the list,
   * so that it has the same bits wherever and whenever they were made. What is learned and the
   * optimizer's moments are averaged alike: McMahan and others (2017), arXiv:1602.05629, for the
   * former; Yu, Jin and Yang (2019), arXiv:1905.03817, for the moments. The mean of one is that
   * one, bit for bit.
   *
   * @param shares one for each state, summing to 1
   * @throws IllegalArgumentException when there is something that has no mean
   */
  public static LearnerState mean(List<LearnerState> states, double[] shares) {
    LearnerState first = states.get(0);
    if (states.size() == 1) {
      return first;
    }
    if (!first.opaque.isEmpty()) {
      throw new IllegalArgumentException(
          "Learners of " + first.opaque.keySet() + " have no mean: those are no numbers.");
    }
    SortedMap<String, Numbers> means = new TreeMap<>();
    for (String name : first.numbers.keySet()) {
      List<Numbers> all = states.stream().map(state -> state.numbers.get(name)).toList();
      means.put(
          name,
          new Numbers(
              mean(all.stream().map(Numbers::values).toArray(float[][]::new), shares),
              all.stream().mapToLong(Numbers::steps).max().orElse(0),
              mean(all.stream().map(Numbers::mean).toArray(float[][]::new), shares),
              mean(all.stream().map(Numbers::variance).toArray(float[][]::new), shares)));
    }
    return of(means);
  }

  private static float[] mean(float[][] vectors, double[] shares) {
    float[] mean = new float[vectors[0].length];
    for (int i = 0; i < mean.length; i++) {
      double sum = 0;
      for (int one = 0; one < shares.length; one++) {
        sum += shares[one] * vectors[one][i];
      }
      mean[i] = (float) sum;
    }
    return mean;
  }

  /** Writes it in a form that {@link #read} reads. */
  public void writeTo(DataOutputStream out) throws IOException {
    out.writeInt(numbers.size());
    for (Map.Entry<String, Numbers> entry : numbers.entrySet()) {
      out.writeUTF(entry.getKey());
      out.writeLong(entry.getValue().steps());
      write(out, entry.getValue().values());
      write(out, entry.getValue().mean());
      write(out, entry.getValue().variance());
    }
    out.writeInt(opaque.size());
    for (Map.Entry<String, byte[]> entry : opaque.entrySet()) {
      out.writeUTF(entry.getKey());
      out.writeInt(entry.getValue().length);
      out.write(entry.getValue());
    }
  }

  /** Reads what {@link #writeTo} wrote. */
  public static LearnerState read(DataInputStream in) throws IOException {
    SortedMap<String, Numbers> numbers = new TreeMap<>();
    for (int left = in.readInt(); left > 0; left--) {
      String name = in.readUTF();
      long steps = in.readLong();
      numbers.put(name, new Numbers(floats(in), steps, floats(in), floats(in)));
    }
    SortedMap<String, byte[]> opaque = new TreeMap<>();
    for (int left = in.readInt(); left > 0; left--) {
      opaque.put(in.readUTF(), in.readNBytes(in.readInt()));
    }
    return new LearnerState(numbers, opaque);
  }

  private static void write(DataOutputStream out, float[] numbers) throws IOException {
    out.writeInt(numbers.length);
    for (float number : numbers) {
      out.writeInt(Float.floatToRawIntBits(number));
    }
  }

  private static float[] floats(DataInputStream in) throws IOException {
    float[] numbers = new float[in.readInt()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = Float.intBitsToFloat(in.readInt());
    }
    return numbers;
  }
}
