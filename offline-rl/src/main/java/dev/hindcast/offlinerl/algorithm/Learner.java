package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.offlinerl.network.FreeParameters;
import dev.hindcast.offlinerl.network.Network;
import dev.hindcast.offlinerl.product.Product;
import dev.hindcast.training.learner.Losses;
import dev.hindcast.training.learner.MiniBatch;
import dev.hindcast.training.learner.TrainingStopped;
import java.util.Map;
import java.util.function.IntPredicate;

/**
 * An algorithm at work: networks, and what one batch does to them. Deterministic: equal parameters
 * and batches give equal updates. Belongs to one thread.
 */
public interface Learner extends AutoCloseable {
  /**
   * One gradient step of everything that learns.
   *
   * @throws TrainingStopped when going on would be pointless
   */
  Losses update(MiniBatch batch);

  /** All networks that must be kept to go on later, targets included, by name. */
  Map<String, Network> networks();

  /** All numbers besides networks that must be kept to go on later, by name. */
  default Map<String, FreeParameters> parameters() {
    return Map.of();
  }

  /**
   * Which steps it wants to be shown, of those that are usable at all; a row of the training data
   * each. Asked once, before the first update.
   */
  default IntPredicate steps() {
    return row -> true;
  }

  /** What it has learned so far. */
  Product product();

  @Override
  default void close() {
    networks().values().forEach(Network::close);
  }
}
