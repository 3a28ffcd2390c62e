package dev.hindcast.benchmarks;

import java.util.Arrays;
import java.util.Locale;

/** Times, and which share of them is below what. */
final class Latencies {
  private final long[] sorted;

  /** Of these, in nanoseconds. */
  Latencies(long[] nanos) {
    sorted = nanos.clone();
    Arrays.sort(sorted);
  }

  /** The least time that a share of all does not exceed, in nanoseconds; share in (0, 1]. */
  long percentile(double share) {
    return sorted[(int) Math.ceil(share * sorted.length) - 1];
  }

  /** A row of a table, in microseconds. */
  String row(String name) {
    return String.format(
        Locale.ROOT,
        "| %s | %,d | %,.0f | %,.0f | %,.0f | %,.0f | %,.0f |",
        name,
        sorted.length,
        percentile(0.5) / 1e3,
        percentile(0.9) / 1e3,
        percentile(0.99) / 1e3,
        percentile(0.999) / 1e3,
        percentile(1) / 1e3);
  }

  /** The head of that table. */
  static String head(String what) {
    return "| "
        + what
        + " | answers | p50, µs | p90, µs | p99, µs | p99.9, µs | greatest, µs |\n|---|---:|---:|---:|---:|---:|---:|";
  }
}
