package dev.hindcast.serving.registry;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.hindcast.core.artefact.Fingerprint;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Why an alias was moved.
 *
 * @param basis what it rests on
 * @param report the evaluation, where there is one
 * @param forced the codes of objections that were overruled
 * @param reason a person's or a guardrail's words; may be empty
 */
public record Justification(
    Basis basis, Optional<Evaluation> report, List<String> forced, String reason) {
  /** Copies the list. */
  public Justification {
    forced = List.copyOf(forced);
  }

  /** What a move rests on. */
  public enum Basis {
    /** A report whose verdict says promote. */
    REPORT,
    /** The guardrails of a policy that learns while it is in force. */
    GUARDRAILS,
    /** The way back to what was in force before. */
    ROLLBACK,
    /** Somebody's choice, against objections or where none are asked for. */
    CHOICE;

    /** The JSON spelling. */
    @JsonValue
    public String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * What a report said of the version.
   *
   * @param place where the report was
   * @param fingerprint of its manifest, which covers all of it
   * @param policy the version's name in the report
   * @param decision the verdict
   * @param incumbent what it was compared with
   * @param dataset the fingerprint of the dataset it was judged on
   * @param estimator of the estimate that the verdict rests on
   * @param value the estimate
   * @param lower the lower end of its interval
   * @param upper the upper end
   */
  public record Evaluation(
      String place,
      Fingerprint fingerprint,
      String policy,
      String decision,
      String incumbent,
      Fingerprint dataset,
      Optional<String> estimator,
      Optional<Double> value,
      Optional<Double> lower,
      Optional<Double> upper) {}
}
