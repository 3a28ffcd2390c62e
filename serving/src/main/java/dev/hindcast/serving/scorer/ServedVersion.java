package dev.hindcast.serving.scorer;

import dev.hindcast.core.artefact.Fingerprint;
import java.util.Optional;

/**
 * Which weights decide.
 *
 * @param policy what people call it: the policy's name in a registry, else the bundle's
 * @param fingerprint of the bundle: exactly these weights
 * @param bundle where the bundle lies
 * @param number in a registry
 * @param generation of the registry by which it decides
 */
public record ServedVersion(
    String policy,
    Fingerprint fingerprint,
    String bundle,
    Optional<Integer> number,
    Optional<Integer> generation) {
  /** For sentences: "version 3 of shop (0a1b2c3d4e5f)". */
  public String inWords() {
    return number.map(n -> "version " + n + " of ").orElse("")
        + policy
        + " ("
        + fingerprint.brief()
        + ")";
  }
}
