package dev.hindcast.serving.registry;

import dev.hindcast.core.artefact.Fingerprint;
import java.util.Optional;
import java.util.Set;

/**
 * The wish that a version become champion.
 *
 * @param version its number
 * @param report where the report on it lies
 * @param dataset the dataset that the report must have judged it on, where that matters
 * @param forced objections that are overruled
 * @param reason why, in words; may be empty unless something is forced
 * @param by who wishes it
 * @param basedOn the generation that the decision was made on; absent for the newest one
 */
public record Promotion(
    int version,
    Optional<String> report,
    Optional<Fingerprint> dataset,
    Set<Objection> forced,
    String reason,
    String by,
    Optional<Integer> basedOn) {
  /** Copies the set. */
  public Promotion {
    forced = Set.copyOf(forced);
  }

  /** By a report, without anything forced. */
  public static Promotion by(String who, int version, String report) {
    return new Promotion(
        version, Optional.of(report), Optional.empty(), Set.of(), "", who, Optional.empty());
  }
}
