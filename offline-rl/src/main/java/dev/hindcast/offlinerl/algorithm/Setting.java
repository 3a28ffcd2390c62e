package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.core.artefact.StableHash;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.policy.Policy;
import dev.hindcast.offlinerl.network.Architecture;
import dev.hindcast.offlinerl.network.Network;
import dev.hindcast.offlinerl.network.Networks;
import dev.hindcast.offlinerl.network.Observations;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * All that a learner is given besides its own settings.
 *
 * @param data the training data
 * @param observations its observation rows, placed on the backend
 * @param networks the backend
 * @param hidden widths of the hidden layers
 * @param embeddingWidth widest embedding of a categorical field
 * @param discount γ, in [0, 1]
 * @param seed of all randomness
 * @param target the policy to evaluate, for learners that evaluate one
 */
public record Setting(
    TransitionColumns data,
    Observations observations,
    Networks networks,
    List<Integer> hidden,
    int embeddingWidth,
    double discount,
    long seed,
    Optional<Policy> target) {
  /** Copies the list. */
  public Setting {
    hidden = List.copyOf(hidden);
  }

  /**
   * A fresh network.
   *
   * @param name distinguishes its initial parameters from those of others with the same seed
   */
  Network network(String name, int outputs, double learningRate) {
    Architecture architecture =
        Architecture.of(data.observationSpace(), embeddingWidth, hidden, outputs);
    SplittableRandom random =
        new SplittableRandom(StableHash.combine(seed, StableHash.of("initial " + name)));
    return networks.create(architecture, architecture.initialParameters(random), learningRate);
  }

  /** A target network: the same parameters, moved by Polyak averaging only. */
  Network targetOf(Network network) {
    return networks.create(network.architecture(), network.parameters(), 0);
  }

  /**
   * The number of actions.
   *
   * @throws UserError when the actions are continuous
   */
  int discreteActions(String algorithm) {
    if (data.actionSpace() instanceof ActionSpace.Discrete discrete) {
      return discrete.size();
    }
    throw UserError.usage(
        "Cannot train "
            + algorithm
            + ": it chooses among discrete actions, and the dataset's action space is "
            + data.actionSpace().inWords()
            + ". Ingest the action as discrete.");
  }
}
