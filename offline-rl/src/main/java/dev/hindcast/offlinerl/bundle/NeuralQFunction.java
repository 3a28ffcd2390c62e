package dev.hindcast.offlinerl.bundle;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.data.Normalizer;
import dev.hindcast.core.policy.QFunction;
import dev.hindcast.offlinerl.network.MultilayerPerceptron;
import dev.hindcast.offlinerl.product.FrozenProduct;
import dev.hindcast.offlinerl.product.Head;
import java.util.Map;
import java.util.TreeMap;

/** A trained Q-function in plain Java, of discrete actions or of actions in a box. */
public final class NeuralQFunction implements QFunction {
  private static final long serialVersionUID = 1L;

  private final MultilayerPerceptron network;
  private final ActionSpace actionSpace;

  private NeuralQFunction(MultilayerPerceptron network, ActionSpace actionSpace) {
    this.network = network;
    this.actionSpace = actionSpace;
  }

  /**
   * The Q-function of a product whose head yields values, not a policy.
   *
   * @param normalizer moves raw numeric fields to what the network was trained on
   */
  public static NeuralQFunction of(
      FrozenProduct product, Normalizer normalizer, ActionSpace actionSpace) {
    if (product.head().isPolicy()) {
      throw new IllegalArgumentException("the head " + product.head() + " is not a Q-function's");
    }
    return new NeuralQFunction(networks(product, normalizer).get(Head.Q), actionSpace);
  }

  @Override
  public double[] values(Decisions decisions) {
    if (actionSpace instanceof ActionSpace.Box) {
      throw new UnsupportedOperationException(
          "This Q-function values given actions of a box, one for each row.");
    }
    return doubles(network.forward(decisions));
  }

  @Override
  public double[] values(Decisions decisions, float[] actions) {
    if (actionSpace instanceof ActionSpace.Box box) {
      return doubles(network.forward(decisions, box.toUnits(actions)));
    }
    throw new UnsupportedOperationException("This Q-function values discrete actions.");
  }

  /** The networks of a product by role, in plain Java. */
  static Map<String, MultilayerPerceptron> networks(FrozenProduct product, Normalizer normalizer) {
    Map<String, MultilayerPerceptron> networks = new TreeMap<>();
    product
        .networks()
        .forEach(
            (role, weights) ->
                networks.put(
                    role,
                    new MultilayerPerceptron(
                        weights.architecture(), normalizer, weights.parameters())));
    return Map.copyOf(networks);
  }

  private static double[] doubles(float[] outputs) {
    double[] values = new double[outputs.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = outputs[i];
    }
    return values;
  }
}
