package dev.hindcast.offlinerl.bundle;

import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.policy.QFunction;
import dev.hindcast.offlinerl.network.MultilayerPerceptron;

/**
 * A network's outputs as values of actions.
 *
 * @param network one output per action
 */
record NeuralQFunction(MultilayerPerceptron network) implements QFunction {
  @Override
  public double[] values(Decisions decisions) {
    float[] outputs = network.forward(decisions);
    double[] values = new double[outputs.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = outputs[i];
    }
    return values;
  }
}
