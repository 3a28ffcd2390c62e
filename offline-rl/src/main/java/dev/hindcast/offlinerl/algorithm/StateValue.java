package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.core.loss.Loss;
import dev.hindcast.offlinerl.network.Network;
import dev.hindcast.training.learner.MiniBatch;

/** V: what an observation is worth, with one network. */
final class StateValue {
  private final Setting setting;
  private final Network network;

  StateValue(Setting setting, Setting.Blueprint blueprint, double learningRate) {
    this.setting = setting;
    network = blueprint.create("value", 1, learningRate);
  }

  /** (rows): the values. */
  float[] of(int[] observations) {
    return network.predict(setting.observations(), observations);
  }

  /** (B): the values, remembered for {@link #step}. */
  float[] forward(MiniBatch batch) {
    return network.forward(setting.observations(), batch.observations());
  }

  /** One optimizer step along a loss of the values of {@link #forward}; the loss. */
  double step(Loss loss) {
    network.backward(loss.gradient());
    network.step();
    return loss.value();
  }

  /** Its network. */
  Network network() {
    return network;
  }
}
