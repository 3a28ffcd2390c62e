package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.offlinerl.network.Network;
import java.util.Map;

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

  /** All that must be kept to go on later, targets included, by name. */
  Map<String, Network> networks();

  /** The network whose outputs are the result: logits of a policy, or values of actions. */
  Network product();

  @Override
  default void close() {
    networks().values().forEach(Network::close);
  }
}
