package dev.hindcast.training.learner;

import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All rows of the training data, of which some may be with other members of a {@link Gathering}:
 * what is asked of all rows has the same answer for every member, bit for bit, however rows are
 * divided. Members have consecutive stretches of the rows.
 *
 * <p>Sums are of whole numbers of a common unit, so that no order of adding matters (as in the
 * reproducible summation of Demmel and Nguyen, 2015). The unit is so small that it changes no digit
 * of a sum that the rounding of a plain loop would not.
 */
public final class AllRows {
  /** Of the 63 of a long, one stays free for the rounding of terms. */
  private static final int BITS = 62;

  private final Gathering gathering;
  private final long before;
  private final long count;

  private AllRows(Gathering gathering, long before, long count) {
    this.gathering = gathering;
    this.before = before;
    this.count = count;
  }

  /** All of them are here. */
  public static AllRows here(int rows) {
    return new AllRows(Gathering.alone(), 0, rows);
  }

  /** So many are here, and others with the other members. */
  public static AllRows of(Gathering gathering, int rows) {
    long before = 0;
    long count = 0;
    long[][] each = gathering.gather(new long[] {rows});
    for (int member = 0; member < each.length; member++) {
      before += member < gathering.member() ? each[member][0] : 0;
      count += each[member][0];
    }
    return new AllRows(gathering, before, count);
  }

  /** Other rows, of which so many are here, with the same members. */
  public AllRows ofOther(int rows) {
    return of(gathering, rows);
  }

  /** How many there are. */
  public long count() {
    return count;
  }

  /** How many of them stand before the first one here. */
  public long before() {
    return before;
  }

  /** Whether all of them are here. */
  public boolean areHere() {
    return gathering.members() == 1;
  }

  /** What each member has, in the order of their rows. */
  public long[][] gather(long[] here) {
    return gathering.gather(here);
  }

  /** The totals of counts. */
  public long[] totals(long[] here) {
    return gathering.sum(here);
  }

  /** The total of a count. */
  public long total(long here) {
    return totals(new long[] {here})[0];
  }

  /** Whether something holds with any member. */
  public boolean isAny(boolean here) {
    return total(here ? 1 : 0) > 0;
  }

  /** (n): the greatest of each; NaN where one is. */
  public double[] greatest(double... here) {
    long[] bits = Arrays.stream(here).mapToLong(Double::doubleToLongBits).toArray();
    double[] greatest = here.clone();
    for (long[] each : gathering.gather(bits)) {
      for (int i = 0; i < greatest.length; i++) {
        greatest[i] = Math.max(greatest[i], Double.longBitsToDouble(each[i]));
      }
    }
    return greatest;
  }

  /** The sum of one term for each row, or for some; NaN when a term is no finite number. */
  public double sum(double[] terms) {
    return sums(terms)[0];
  }

  /** (n): the sums of n kinds of terms. */
  public double[] sums(double[]... terms) {
    int n = terms.length;
    long[] sizes = new long[2 * n];
    for (int k = 0; k < n; k++) {
      sizes[2 * k] = terms[k].length;
      sizes[2 * k + 1] = exponent(terms[k]);
    }
    int[] units = units(sizes);
    long[] sums = new long[n];
    for (int k = 0; k < n; k++) {
      for (int i = 0; i < terms[k].length && units[k] != Integer.MAX_VALUE; i++) {
        sums[k] += (long) Math.rint(Math.scalb(terms[k][i], -units[k]));
      }
    }
    long[] totals = gathering.sum(sums);
    double[] found = new double[n];
    for (int k = 0; k < n; k++) {
      found[k] =
          units[k] == Integer.MAX_VALUE ? Double.NaN : Math.scalb((double) totals[k], units[k]);
    }
    return found;
  }

  /** Of the largest term; beyond those of all numbers where one is not finite. */
  private static int exponent(double[] terms) {
    double largest = 0;
    for (double term : terms) {
      largest = Math.max(largest, Math.abs(term)); // NaN stays
    }
    return Math.getExponent(largest);
  }

  /**
   * The exponents of the common units.
   *
   * @param sizes of each kind here: how many terms, and the exponent of the largest
   */
  private int[] units(long[] sizes) {
    int n = sizes.length / 2;
    long[] counts = new long[n];
    int[] exponents = new int[n];
    Arrays.fill(exponents, Double.MIN_EXPONENT - 1);
    for (long[] each : gathering.gather(sizes)) {
      for (int k = 0; k < n; k++) {
        counts[k] += each[2 * k];
        exponents[k] = Math.max(exponents[k], (int) each[2 * k + 1]);
      }
    }
    int[] units = new int[n];
    for (int k = 0; k < n; k++) {
      int digits = Long.SIZE - Long.numberOfLeadingZeros(counts[k]);
      units[k] =
          exponents[k] > Double.MAX_EXPONENT ? Integer.MAX_VALUE : exponents[k] + 1 + digits - BITS;
    }
    return units;
  }

  /**
   * The means over all rows of figures that are means over those here. Figures that all members
   * agree on stay as they are.
   *
   * @param rows how many they are means of
   */
  public Losses mean(Losses here, int rows) {
    if (areHere()) {
      return here;
    }
    long[] mine = new long[here.values().size() + 1];
    mine[0] = rows;
    int at = 1;
    for (double value : here.values().values()) {
      mine[at++] = Double.doubleToLongBits(value);
    }
    long[][] all = gathering.gather(mine);
    SortedMap<String, Double> means = new TreeMap<>();
    at = 1;
    for (String name : here.values().keySet()) {
      means.put(name, mean(all, at++));
    }
    return new Losses(means);
  }

  private static double mean(long[][] all, int figure) {
    double sum = 0;
    double rows = 0;
    boolean isAgreed = true;
    for (long[] each : all) { // in the order of members: the same bits for everyone
      sum += each[0] * Double.longBitsToDouble(each[figure]);
      rows += each[0];
      isAgreed &= each[figure] == all[0][figure];
    }
    return isAgreed ? Double.longBitsToDouble(all[0][figure]) : sum / rows;
  }
}
