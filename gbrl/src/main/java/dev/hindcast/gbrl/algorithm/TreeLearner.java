package dev.hindcast.gbrl.algorithm;

import dev.hindcast.gbrl.product.TreeProduct;
import dev.hindcast.training.learner.Learner;
import dev.hindcast.training.learner.LearnerState;
import java.util.Map;
import java.util.TreeMap;

/**
 * A learner that is made of functions grown from trees. What it has learned has no mean: trees that
 * grew on different steps cannot be averaged.
 */
public interface TreeLearner extends Learner {
  /** All that must be kept to go on later, by name; always the same names. */
  Map<String, Part> parts();

  /** What it has learned so far. */
  TreeProduct product();

  @Override
  default LearnerState state() {
    Map<String, byte[]> kept = new TreeMap<>();
    parts().forEach((name, part) -> kept.put(name, part.bytes()));
    return LearnerState.ofOpaque(kept);
  }

  @Override
  default void restore(LearnerState state) {
    parts().forEach((name, part) -> part.restore(state.opaque().get(name)));
  }

  @Override
  default byte[] snapshot() {
    return Snapshot.of(product());
  }

  @Override
  default void close() {
    parts().values().forEach(Part::close);
  }
}
