package dev.hindcast.core.artefact;

import java.util.Map;
import java.util.TreeMap;

/**
 * Where every row of a log went: read = kept + the sum of quarantined.
 *
 * @param read rows read from the log
 * @param kept rows that became transitions
 * @param quarantined rows set aside, by the rule that did it
 */
public record RowAccount(long read, long kept, Map<String, Long> quarantined) {
  /** Checks that no row is lost. */
  public RowAccount {
    quarantined = java.util.Collections.unmodifiableMap(new TreeMap<>(quarantined));
    long aside = quarantined.values().stream().mapToLong(Long::longValue).sum();
    if (read != kept + aside) {
      throw new IllegalArgumentException(
          "Rows do not add up: read " + read + ", kept " + kept + ", quarantined " + aside + ".");
    }
  }
}
