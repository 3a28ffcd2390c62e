package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.core.config.Require;
import dev.hindcast.offlinerl.network.Architecture;
import dev.hindcast.offlinerl.network.Network;
import dev.hindcast.offlinerl.product.FrozenProduct;
import dev.hindcast.offlinerl.product.Product;
import dev.hindcast.training.learner.FreeParameters;
import dev.hindcast.training.learner.Learner;
import dev.hindcast.training.learner.LearnerState;
import dev.hindcast.training.learner.LearnerState.Numbers;
import dev.hindcast.training.learner.OptimizerState;
import java.util.Map;
import java.util.TreeMap;

/** A learner that is made of networks and a few numbers besides. All of it can be averaged. */
public interface NetworkLearner extends Learner {
  /** All networks that must be kept to go on later, targets included, by name. */
  Map<String, Network> networks();

  /** All numbers besides networks that must be kept to go on later, by name. */
  default Map<String, FreeParameters> parameters() {
    return Map.of();
  }

  /** What it has learned so far. */
  Product product();

  @Override
  default LearnerState state() {
    Map<String, Numbers> numbers = new TreeMap<>();
    networks()
        .forEach(
            (name, network) ->
                numbers.put(ofNetwork(name), numbers(network.parameters(), network.optimizer())));
    parameters()
        .forEach(
            (name, free) ->
                numbers.put(ofParameters(name), numbers(free.values(), free.optimizer())));
    return LearnerState.of(numbers);
  }

  @Override
  default void restore(LearnerState state) {
    networks()
        .forEach(
            (name, network) -> {
              Numbers kept = state.numbers().get(ofNetwork(name));
              network.parameters(kept.values());
              network.optimizer(optimizer(kept));
            });
    parameters()
        .forEach(
            (name, free) -> {
              Numbers kept = state.numbers().get(ofParameters(name));
              free.values(kept.values());
              free.optimizer(optimizer(kept));
            });
  }

  /**
   * Gives its product the numbers of another one.
   *
   * @throws IllegalArgumentException when that has another form; the message says which
   */
  default void takeUp(FrozenProduct other) {
    Product own = product();
    FrozenProduct now = own.frozen();
    Require.that(
        now.head().equals(other.head()),
        "its head is " + other.head() + ", and this learner's is " + now.head());
    Require.that(
        other.vectors().keySet().equals(now.vectors().keySet()),
        "it has vectors " + other.vectors().keySet() + ", not " + now.vectors().keySet());
    now.networks()
        .forEach(
            (role, weights) -> {
              Architecture found = other.networks().get(role).architecture();
              Require.that(
                  found.equals(weights.architecture()),
                  "its network "
                      + role
                      + " has hidden layers "
                      + found.hidden()
                      + " and "
                      + found.parameterCount()
                      + " parameters, and this learner's "
                      + weights.architecture().hidden()
                      + " and "
                      + weights.architecture().parameterCount());
            });
    own.networks()
        .forEach((role, network) -> network.parameters(other.networks().get(role).parameters()));
    other.vectors().forEach((name, values) -> parameters().get(name).values(values));
  }

  /** The numbers of its product: head and architectures stay the same. */
  @Override
  default byte[] snapshot() {
    return product().frozen().numbers();
  }

  @Override
  default void close() {
    networks().values().forEach(Network::close);
  }

  private static String ofNetwork(String name) {
    return "network." + name;
  }

  private static String ofParameters(String name) {
    return "parameters." + name;
  }

  private static Numbers numbers(float[] values, OptimizerState optimizer) {
    return new Numbers(values, optimizer.steps(), optimizer.mean(), optimizer.variance());
  }

  private static OptimizerState optimizer(Numbers kept) {
    return new OptimizerState(kept.steps(), kept.mean(), kept.variance());
  }
}
