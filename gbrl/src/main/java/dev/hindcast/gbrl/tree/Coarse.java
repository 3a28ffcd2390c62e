package dev.hindcast.gbrl.tree;

import dev.hindcast.training.learner.AllRows;
import java.util.Arrays;

/**
 * Numbers rounded down to few values, where there are many. XGBoost takes its thresholds from a
 * sketch of each column, which is exact as long as the column has at most eight times as many
 * values as there are bins; beyond, it depends on where rows are. Here it is never beyond: a column
 * with more values is divided into as many intervals, of about equally many rows, and each number
 * becomes the lower end of its interval. Thresholds are such ends too, so that a number is above a
 * threshold if and only if its stand-in is: trees that grew on stand-ins are trees of the numbers.
 *
 * <p>Intervals follow from counts alone, taken in three passes over ever fewer leading bits of the
 * numbers. They are the same however rows are divided.
 */
final class Coarse {
  /** What the library's sketch remembers for each bin. */
  private static final int VALUES_PER_BIN = 8;

  /** It counts rows in floats. */
  private static final long EXACTLY_COUNTED = 1L << 24;

  private static final int[] SHIFTS = {20, 10, 0};
  private static final int FIRST = 1 << 12;
  private static final int NEXT = 1 << 10;

  private Coarse() {}

  /**
   * (rows, features): these, or a copy of which some columns are rounded.
   *
   * @param values (rows, features), NaN where missing
   * @param bins thresholds that trees will try
   * @param all the rows
   */
  static float[] of(Features features, float[] values, int bins, AllRows all) {
    int most = all.count() > EXACTLY_COUNTED ? bins : VALUES_PER_BIN * bins;
    float[] coarse = values;
    for (int column = 0; column < features.width(); column++) {
      if (!features.isCategorical(column)) {
        int[] keys = keys(values, column, features.width());
        if (!hasAtMost(most, keys, all)) {
          coarse = coarse == values ? values.clone() : coarse;
          round(coarse, column, features.width(), ends(keys, most, all));
        }
      }
    }
    return coarse;
  }

  /** Those of a column that are not missing, as whole numbers of the same order. */
  private static int[] keys(float[] values, int column, int width) {
    int[] keys = new int[values.length / width];
    int n = 0;
    for (int i = column; i < values.length; i += width) {
      if (!Float.isNaN(values[i])) {
        keys[n++] = key(values[i]);
      }
    }
    return Arrays.copyOf(keys, n);
  }

  /** Unsigned. */
  private static int key(float value) {
    int bits = Float.floatToIntBits(value + 0f); // there is one zero
    return bits < 0 ? ~bits : bits ^ Integer.MIN_VALUE;
  }

  private static float value(int key) {
    return Float.intBitsToFloat(key < 0 ? key ^ Integer.MIN_VALUE : ~key);
  }

  private static boolean hasAtMost(int most, int[] keys, AllRows all) {
    int[] found = distinct(most, keys);
    if (all.isAny(found.length > most)) {
      return false;
    }
    if (all.areHere()) {
      return true;
    }
    long[] mine = new long[most];
    Arrays.fill(mine, Long.MIN_VALUE);
    for (int i = 0; i < found.length; i++) {
      mine[i] = found[i];
    }
    int[] together =
        Arrays.stream(all.gather(mine))
            .flatMapToLong(Arrays::stream)
            .filter(key -> key != Long.MIN_VALUE)
            .mapToInt(key -> (int) key)
            .toArray();
    return distinct(most, together).length <= most;
  }

  /** Different ones, up to one more than asked for. */
  private static int[] distinct(int most, int[] keys) {
    int[] table = new int[Integer.highestOneBit(most) * 8];
    boolean[] isTaken = new boolean[table.length];
    int[] found = new int[most + 1];
    int n = 0;
    for (int i = 0; i < keys.length && n <= most; i++) {
      int at = ((keys[i] * 0x9E3779B9) >>> 8) & (table.length - 1);
      while (isTaken[at] && table[at] != keys[i]) {
        at = (at + 1) & (table.length - 1);
      }
      if (!isTaken[at]) {
        isTaken[at] = true;
        table[at] = keys[i];
        found[n++] = keys[i];
      }
    }
    return Arrays.copyOf(found, n);
  }

  /** (at most so many): the lower ends of intervals, rising. */
  private static float[] ends(int[] keys, int most, AllRows all) {
    long half = most / 2; // two neighbors together have more rows than an interval may have
    long allowed = (all.total(keys.length) + half - 1) / half;
    long[][] counts = new long[SHIFTS.length][];
    int[][] finer = new int[SHIFTS.length][]; // where the parts of a part are counted, or -1
    int parts = FIRST;
    for (int level = 0; level < SHIFTS.length; level++) {
      long[] here = new long[parts];
      for (int key : keys) {
        int at = place(key, level, finer);
        if (at >= 0) {
          here[at]++;
        }
      }
      counts[level] = all.totals(here);
      finer[level] = new int[parts];
      int next = 0;
      for (int i = 0; i < finer[level].length; i++) {
        finer[level][i] = counts[level][i] > allowed ? next++ : -1;
      }
      parts = next * NEXT;
    }
    Intervals intervals = new Intervals(most, allowed);
    intervals.take(0, 0, FIRST, 0, counts, finer);
    return intervals.ends();
  }

  /** Of a key among the parts of a level; -1 when it has been left to a level before. */
  private static int place(int key, int level, int[][] finer) {
    int at = key >>> SHIFTS[0];
    for (int i = 1; i <= level && at >= 0; i++) {
      int parent = finer[i - 1][at];
      at = parent < 0 ? -1 : parent * NEXT + ((key >>> SHIFTS[i]) & (NEXT - 1));
    }
    return at;
  }

  /** Gathers parts into intervals, from the lowest to the highest. */
  private static final class Intervals {
    private final long allowed;
    private final float[] ends;
    private int n;
    private long rows;

    Intervals(int most, long allowed) {
      this.allowed = allowed;
      ends = new float[most];
    }

    void take(int level, int from, int parts, int above, long[][] counts, int[][] finer) {
      for (int i = 0; i < parts; i++) {
        int low = above | (i << SHIFTS[level]);
        int at = from + i;
        if (level + 1 < SHIFTS.length && finer[level][at] >= 0) {
          take(level + 1, finer[level][at] * NEXT, NEXT, low, counts, finer);
        } else if (counts[level][at] > 0) {
          take(low, counts[level][at]);
        }
      }
    }

    private void take(int low, long count) {
      if (n == 0 || rows + count > allowed) {
        ends[n++] = value(low);
        rows = 0;
      }
      rows += count;
    }

    float[] ends() {
      return Arrays.copyOf(ends, n);
    }
  }

  private static void round(float[] values, int column, int width, float[] ends) {
    float[] padded = Arrays.copyOf(ends, 2 * Integer.highestOneBit(ends.length));
    Arrays.fill(padded, ends.length, padded.length, Float.POSITIVE_INFINITY);
    for (int i = column; i < values.length; i += width) {
      if (!Float.isNaN(values[i])) {
        values[i] = padded[last(padded, values[i])];
      }
    }
  }

  /**
   * The place of the last of these that is not above a value; the first is not. By halves and
   * without branches, of which every second would be guessed wrong.
   *
   * @param rising as many as a power of two
   */
  private static int last(float[] rising, float value) {
    int at = 0;
    for (int step = rising.length / 2; step > 0; step /= 2) {
      at += rising[at + step] <= value ? step : 0;
    }
    return at;
  }
}
