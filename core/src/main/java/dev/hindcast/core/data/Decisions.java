package dev.hindcast.core.data;

/**
 * A batch of moments at which an action is to be chosen, as a policy sees them.
 *
 * <p>Rows lie one after another: row i has its numbers at {@code i * numericFields}, its categories
 * at {@code i * categoricalFields}, its mask at {@code i * actions}. The arrays are shared, not
 * copied: read only.
 *
 * @param size the number of rows
 * @param numeric (size, numeric fields)
 * @param categories (size, categorical fields), codes of the dictionaries
 * @param mask (size, actions), true where the action is admissible; empty when every action always
 *     is
 * @param episodeIds (size)
 * @param steps (size), from 0
 */
@SuppressWarnings("ArrayRecordComponent") // shared storage of a hot loop; never compared
public record Decisions(
    int size, float[] numeric, int[] categories, boolean[] mask, String[] episodeIds, int[] steps) {
  /** Whether rows say which actions are admissible. */
  public boolean hasMask() {
    return mask.length > 0;
  }

  /** Each row so many times, one after the other. */
  public Decisions repeated(int times) {
    int n = size * times;
    int d = size == 0 ? 0 : numeric.length / size;
    int c = size == 0 ? 0 : categories.length / size;
    int k = size == 0 ? 0 : mask.length / size;
    float[] numbers = new float[n * d];
    int[] codes = new int[n * c];
    boolean[] masks = new boolean[n * k];
    String[] ids = new String[n];
    int[] moments = new int[n];
    for (int i = 0; i < n; i++) {
      int row = i / times;
      System.arraycopy(numeric, row * d, numbers, i * d, d);
      System.arraycopy(categories, row * c, codes, i * c, c);
      System.arraycopy(mask, row * k, masks, i * k, k);
      ids[i] = episodeIds[row];
      moments[i] = steps[row];
    }
    return new Decisions(n, numbers, codes, masks, ids, moments);
  }

  /** Whether an action may be chosen in a row. */
  public boolean isAdmissible(int row, int action, int actions) {
    return mask.length == 0 || mask[row * actions + action];
  }
}
