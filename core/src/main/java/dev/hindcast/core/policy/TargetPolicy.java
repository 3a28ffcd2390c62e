package dev.hindcast.core.policy;

import dev.hindcast.core.artefact.Fingerprint;
import java.util.Optional;

/**
 * A policy to be judged, with what it is called and what it is.
 *
 * @param name what people call it, unique within a report
 * @param kind {@code logged}, {@code uniform}, {@code constant}, {@code table} or {@code bundle}
 * @param fingerprint its content: a bundle's or table's fingerprint; of the name for the built-in
 *     ones
 * @param policy how it acts; absent for {@code logged}, which acted in the log already
 */
public record TargetPolicy(
    String name, String kind, Fingerprint fingerprint, Optional<Policy> policy) {
  /** The behavior policy itself. */
  public static final TargetPolicy LOGGED = builtIn("logged", "logged", Optional.empty());

  /** A built-in policy, whose name says all there is to know. */
  public static TargetPolicy builtIn(String name, String kind, Optional<Policy> policy) {
    return new TargetPolicy(name, kind, Fingerprint.ofJson("built-in policy " + name), policy);
  }
}
