package dev.hindcast.evaluation.plan;

import dev.hindcast.core.config.ConfigNode;
import java.util.Optional;

/**
 * The config key {@code smoothing}: {@code none}, {@code auto}, or a bandwidth.
 *
 * @param isOn whether kernels are used
 * @param bandwidth theirs, as a share of the box's width, in (0, 1]; empty when the log is to
 *     choose
 */
public record Smoothing(boolean isOn, Optional<Double> bandwidth) {
  /** Policies that act for certain are not weighed. */
  public static final Smoothing NONE = new Smoothing(false, Optional.empty());

  /** Reads the key; mistakes become problems of the document. */
  public static Smoothing from(ConfigNode node) {
    String text = node.optionalText().orElse("none");
    if (text.equals("none")) {
      return NONE;
    }
    if (text.equals("auto")) {
      return new Smoothing(true, Optional.empty());
    }
    try {
      double bandwidth = Double.parseDouble(text);
      if (bandwidth > 0 && bandwidth <= 1) {
        return new Smoothing(true, Optional.of(bandwidth));
      }
    } catch (NumberFormatException e) {
      // said below, together with numbers out of range
    }
    node.problem(
        "is '" + text + "', but should be 'none', 'auto' or a share of the box's width in (0, 1]");
    return NONE;
  }

  /** As reports record it. */
  String inWords() {
    return bandwidth.map(b -> Double.toString(b)).orElse("auto");
  }
}
