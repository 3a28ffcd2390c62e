package dev.hindcast.gbrl.explanation;

import java.util.Locale;

/**
 * What one feature of one decision did.
 *
 * @param feature its name
 * @param value what it is there, in the words of the log
 * @param contribution by how much it moved the number away from its mean over the training rows
 */
public record Reason(String feature, String value, double contribution) {
  /** {@code sofa_score = 11 lowers it by 0.82}. */
  public String inWords() {
    return String.format(
        Locale.ROOT,
        "%s = %s %s it by %.2g",
        feature,
        value,
        contribution < 0 ? "lowers" : "raises",
        Math.abs(contribution));
  }
}
