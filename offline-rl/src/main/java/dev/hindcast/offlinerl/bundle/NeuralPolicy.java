package dev.hindcast.offlinerl.bundle;

import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.loss.MaskedSoftmax;
import dev.hindcast.core.policy.ActionDistribution;
import dev.hindcast.core.policy.Policy;
import dev.hindcast.offlinerl.network.MultilayerPerceptron;

/**
 * Acts by the softmax of a network's logits over the admissible actions.
 *
 * @param network its logits
 * @param usesMask whether it keeps to masks
 */
record NeuralPolicy(MultilayerPerceptron network, boolean usesMask) implements Policy {
  @Override
  public ActionDistribution.Categorical distribution(Decisions decisions) {
    int actions = network.architecture().outputs();
    boolean[] mask = usesMask ? decisions.mask() : new boolean[0];
    for (int row = 0; row < decisions.size() && mask.length > 0; row++) {
      if (!admitsAny(mask, row * actions, actions)) {
        throw UserError.data(
            "Cannot choose an action in episode "
                + decisions.episodeIds()[row]
                + " step "
                + decisions.steps()[row]
                + ": its mask admits none.");
      }
    }
    return new ActionDistribution.Categorical(
        decisions.size(), actions, MaskedSoftmax.of(network.forward(decisions), actions, mask));
  }

  private static boolean admitsAny(boolean[] mask, int from, int actions) {
    for (int i = from; i < from + actions; i++) {
      if (mask[i]) {
        return true;
      }
    }
    return false;
  }
}
