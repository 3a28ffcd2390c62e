package dev.hindcast.offlinerl.product;

import dev.hindcast.offlinerl.network.Network;
import dev.hindcast.training.head.Head;
import java.util.Map;
import java.util.TreeMap;

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

  /** What it is at this moment, with numbers of its own. */
  public FrozenProduct frozen() {
    Map<String, FrozenProduct.Weights> weights = new TreeMap<>();
    networks.forEach(
        (role, network) ->
            weights.put(
                role, new FrozenProduct.Weights(network.architecture(), network.parameters())));
    Map<String, float[]> numbers = new TreeMap<>();
    vectors.forEach((name, values) -> numbers.put(name, values.clone()));
    return new FrozenProduct(head, weights, numbers);
  }

  /** Of one network. */
  public static Product of(Head head, String role, Network network) {
    return new Product(head, Map.of(role, network), Map.of());
  }
}
