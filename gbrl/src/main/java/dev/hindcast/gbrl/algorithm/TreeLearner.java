package dev.hindcast.gbrl.algorithm;

import dev.hindcast.core.config.Require;
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

  /**
   * Gives its product the trees of another one. What it holds back for itself, such as where its
   * trees were best, is not touched, so only learners that grow on and on can do this.
   *
   * @throws IllegalArgumentException when that has another form; the message says which
   */
  default void takeUp(TreeProduct other) {
    TreeProduct own = product();
    Require.that(
        own.head().equals(other.head()),
        "its head is " + other.head() + ", and this learner's is " + own.head());
    Require.that(
        own.vectors().isEmpty(), "trees that act in a box cannot be taken up from a bundle");
    own.ensembles()
        .forEach(
            (role, trees) -> {
              TreeProduct.Trees found = other.ensembles().get(role);
              Require.that(
                  found.input() == trees.input() && parts().containsKey(role),
                  "its ensemble " + role + " is shown " + found.input());
              parts().get(role).restore(found.bytes());
            });
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
