package dev.hindcast.streaming.learning;

import dev.hindcast.core.artefact.Fingerprint;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What others are to know of a new version, or of the return to an old one.
 *
 * @param order increases from one to the next
 * @param bundle the fingerprint of the version's bundle
 * @param before the fingerprint of the version that was the latest until now
 * @param isPromoted whether it is to be used from now on
 * @param files of the bundle, by path; empty for a version that has been published before
 */
public record Publication(
    long order,
    Fingerprint bundle,
    Fingerprint before,
    boolean isPromoted,
    SortedMap<String, byte[]> files) {
  /** Copies the map, not what it holds. */
  public Publication {
    files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
  }

  /** The return to a version that has been published before. */
  static Publication back(long order, Fingerprint bundle, Fingerprint before, boolean isPromoted) {
    return new Publication(order, bundle, before, isPromoted, new TreeMap<>());
  }

  /** The folder of a bundle below that of all. */
  public static String folder(Fingerprint bundle) {
    return bundle.value().replace(':', '-');
  }
}
