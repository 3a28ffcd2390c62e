package dev.hindcast.offlinerl.algorithm;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What one update has to report: losses and other figures worth watching, by name.
 *
 * @param values in the order of their names
 */
public record Losses(SortedMap<String, Double> values) {
  /** Copies the map. */
  public Losses {
    values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
  }

  /** Of these figures. */
  public static Losses of(Map<String, Double> values) {
    return new Losses(new TreeMap<>(values));
  }
}
