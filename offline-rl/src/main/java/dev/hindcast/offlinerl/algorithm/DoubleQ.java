package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.core.loss.Loss;
import dev.hindcast.offlinerl.network.Network;
import dev.hindcast.training.learner.MiniBatch;
import java.util.Map;

/**
 * One Q-function of discrete actions whose targets are those of double Q-learning: the online
 * network chooses the next action, the target network says what it is worth (van Hasselt, Guez and
 * Silver, 2016, arXiv:1509.06461). The target network follows by Polyak averaging.
 */
final class DoubleQ {
  private final Setting setting;
  private final Network online;
  private final Network target;

  DoubleQ(Setting setting, Setting.Blueprint blueprint, double learningRate) {
    this.setting = setting;
    online = blueprint.create("critic", setting.actions(), learningRate);
    target = setting.targetOf(online);
  }

  /** The online network. */
  Network network() {
    return online;
  }

  /**
   * (B): r + γ (1 − terminated) Q'(o', a*) with a* = argmax of Q(o', ·) over the admitted actions.
   *
   * @param admitted (B, actions), which next actions may be chosen; empty for all
   */
  float[] targets(MiniBatch batch, boolean[] admitted) {
    int actions = setting.actions();
    int[] next = batch.nextObservations();
    float[] q = online.predict(setting.observations(), next); // (B, actions)
    float[] targetQ = target.predict(setting.observations(), next); // (B, actions)
    float[] values = new float[next.length];
    for (int row = 0; row < next.length; row++) {
      values[row] = targetQ[row * actions + best(q, row, actions, admitted)];
    }
    return batch.targets(values);
  }

  /** The admitted action with the greatest value in a row; the lowest numbered among equals. */
  static int best(float[] q, int row, int actions, boolean[] admitted) {
    int best = -1;
    for (int action = 0; action < actions; action++) {
      int at = row * actions + action;
      if ((admitted.length == 0 || admitted[at]) && (best < 0 || q[at] > q[row * actions + best])) {
        best = action;
      }
    }
    return Math.max(best, 0);
  }

  /** (B, actions): Q, remembered for {@link #step}. */
  float[] forward(MiniBatch batch) {
    return online.forward(setting.observations(), batch.observations());
  }

  /**
   * One optimizer step along a loss of the outputs of {@link #forward}; then the target follows.
   */
  void step(Loss loss, double polyak) {
    online.backward(loss.gradient());
    online.step();
    target.polyakFrom(online, polyak);
  }

  /** Both networks by name. */
  Map<String, Network> networks() {
    return Map.of("critic", online, "target_critic", target);
  }
}
