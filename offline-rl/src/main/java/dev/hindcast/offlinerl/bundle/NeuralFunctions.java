package dev.hindcast.offlinerl.bundle;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.data.Normalizer;
import dev.hindcast.core.policy.BundleManifest;
import dev.hindcast.offlinerl.network.MultilayerPerceptron;
import dev.hindcast.offlinerl.product.FrozenProduct;
import dev.hindcast.training.bundle.OnnxCheck;
import dev.hindcast.training.head.Functions;
import dev.hindcast.training.head.HeadPolicy;
import dev.hindcast.training.head.HeadQFunction;
import dev.hindcast.training.head.HeadVisitRatios;
import java.util.Map;
import java.util.TreeMap;

/** The networks of a product in plain Java. Equal bits on every call and machine. */
public final class NeuralFunctions implements Functions {
  private static final long serialVersionUID = 1L;

  private final Map<String, MultilayerPerceptron> networks;
  private final ActionSpace actionSpace;

  private NeuralFunctions(FrozenProduct product, Normalizer normalizer, ActionSpace actionSpace) {
    this.actionSpace = actionSpace;
    Map<String, MultilayerPerceptron> byRole = new TreeMap<>();
    product
        .networks()
        .forEach(
            (role, weights) ->
                byRole.put(
                    role,
                    new MultilayerPerceptron(
                        weights.architecture(), normalizer, weights.parameters())));
    networks = Map.copyOf(byRole);
  }

  /**
   * The policy of a product whose head yields a policy.
   *
   * @param normalizer moves raw numeric fields to what the networks were trained on
   * @param usesMask whether it keeps to masks
   */
  public static HeadPolicy policy(
      FrozenProduct product, Normalizer normalizer, ActionSpace actionSpace, boolean usesMask) {
    return new HeadPolicy(
        product.head(),
        new NeuralFunctions(product, normalizer, actionSpace),
        product.vectors(),
        actionSpace,
        usesMask);
  }

  /**
   * The Q-function of a product whose head yields values.
   *
   * @param normalizer moves raw numeric fields to what the network was trained on
   */
  public static HeadQFunction values(
      FrozenProduct product, Normalizer normalizer, ActionSpace actionSpace) {
    return new HeadQFunction(
        product.head(), new NeuralFunctions(product, normalizer, actionSpace), actionSpace);
  }

  /**
   * The ratios of visits of a product whose head yields such.
   *
   * @param normalizer moves raw numeric fields to what the network was trained on
   */
  public static HeadVisitRatios ratios(
      FrozenProduct product, Normalizer normalizer, ActionSpace actionSpace) {
    return new HeadVisitRatios(
        product.head(), new NeuralFunctions(product, normalizer, actionSpace), actionSpace);
  }

  /** What a product's export must agree with. */
  static OnnxCheck check(
      FrozenProduct product, Normalizer normalizer, ActionSpace actionSpace, boolean usesMask) {
    if (product.head().bundleKind().equals(BundleManifest.VISIT_RATIOS)) {
      return OnnxCheck.of(ratios(product, normalizer, actionSpace));
    }
    return product.head().isPolicy()
        ? OnnxCheck.of(policy(product, normalizer, actionSpace, usesMask))
        : OnnxCheck.of(values(product, normalizer, actionSpace));
  }

  @Override
  public float[] outputs(String role, Decisions decisions) {
    return networks.get(role).forward(decisions);
  }

  @Override
  public float[] outputs(String role, Decisions decisions, float[] units) {
    return networks.get(role).forward(decisions, units);
  }

  @Override
  public float[] outputsAt(String role, Decisions decisions, float[] actions) {
    return outputs(role, decisions, ((ActionSpace.Box) actionSpace).toUnits(actions));
  }
}
