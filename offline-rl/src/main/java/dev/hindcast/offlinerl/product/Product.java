package dev.hindcast.offlinerl.product;

import dev.hindcast.offlinerl.network.Network;
import java.util.Map;

/**
 * What a learner has to give, at any time: a view of its networks, not a copy.
 *
 * @param head how their outputs are read
 * @param networks by role, as the head names them
 * @param vectors numbers besides networks, as the head names them
 */
public record Product(Head head, Map<String, Network> networks, Map<String, float[]> vectors) {
  /** Copies the maps. */
  public Product {
    networks = Map.copyOf(networks);
    vectors = Map.copyOf(vectors);
  }

  /** Of one network. */
  public static Product of(Head head, String role, Network network) {
    return new Product(head, Map.of(role, network), Map.of());
  }
}
