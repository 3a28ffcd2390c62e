package dev.hindcast.core.config;

import java.util.Locale;

/**
 * Checks for the compact constructors of config records; each names the key, the value and the
 * allowed range.
 */
public final class Require {
  private Require() {}

  /** Fails unless {@code low <= value <= high}. */
  public static void closed(String name, double value, double low, double high) {
    if (!(value >= low && value <= high)) {
      throw outside(name, value, "[" + plain(low) + ", " + plain(high) + "]");
    }
  }

  /** Fails unless {@code low <= value < high}. */
  public static void halfOpen(String name, double value, double low, double high) {
    if (!(value >= low && value < high)) {
      throw outside(name, value, "[" + plain(low) + ", " + plain(high) + ")");
    }
  }

  /** Fails unless {@code low < value < high}. */
  public static void open(String name, double value, double low, double high) {
    if (!(value > low && value < high)) {
      throw outside(name, value, "(" + plain(low) + ", " + plain(high) + ")");
    }
  }

  /** Fails unless the value is finite and above zero. */
  public static void positive(String name, double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(name + " is " + plain(value) + ", but must be above 0.");
    }
  }

  /** Fails unless the value is finite and at least zero. */
  public static void nonNegative(String name, double value) {
    if (!(value >= 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(name + " is " + plain(value) + ", but must be 0 or more.");
    }
  }

  /** Fails with the given words unless the condition holds. */
  public static void that(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }

  private static IllegalArgumentException outside(String name, double value, String range) {
    return new IllegalArgumentException(
        name + " is " + plain(value) + ", but must lie in " + range + ".");
  }

  private static String plain(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? String.format(Locale.ROOT, "%d", (long) value)
        : Double.toString(value);
  }
}
