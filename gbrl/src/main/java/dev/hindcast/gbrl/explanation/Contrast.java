package dev.hindcast.gbrl.explanation;

import dev.hindcast.core.config.Require;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which number is explained: a weighted sum of an ensemble's outputs.
 *
 * @param weights one for each output
 */
public record Contrast(List<Double> weights) {
  /** Copies the weights. */
  public Contrast {
    weights = List.copyOf(weights);
  }

  /** One output by itself: a value. */
  public static Contrast ofOutput(int output, int outputs) {
    Require.closed("output", output, 0, outputs - 1.0);
    return new Contrast(
        IntStream.range(0, outputs).mapToObj(k -> k == output ? 1.0 : 0.0).toList());
  }

  /**
   * What speaks for one action: its output above the mean of all, as a softmax is the same whatever
   * is added to all of them.
   */
  public static Contrast ofChoice(int action, int actions) {
    Require.closed("action", action, 0, actions - 1.0);
    return new Contrast(
        IntStream.range(0, actions)
            .mapToObj(k -> (k == action ? 1.0 : 0.0) - 1.0 / actions)
            .toList());
  }

  /** The only output of an ensemble that has one. */
  public static Contrast ofTheOnly() {
    return new Contrast(Collections.nCopies(1, 1.0));
  }
}
