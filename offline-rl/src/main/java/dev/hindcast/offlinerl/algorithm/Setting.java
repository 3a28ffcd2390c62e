package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.core.artefact.StableHash;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.policy.Policy;
import dev.hindcast.offlinerl.network.Architecture;
import dev.hindcast.offlinerl.network.Architecture.Initialization;
import dev.hindcast.offlinerl.network.Architecture.Normalization;
import dev.hindcast.offlinerl.network.Network;
import dev.hindcast.offlinerl.network.Networks;
import dev.hindcast.offlinerl.network.Observations;
import dev.hindcast.training.learner.Experience;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * All that a learner is given besides its own settings.
 *
 * @param experience the training data
 * @param observations its observation rows, placed on the backend
 * @param networks the backend
 * @param hidden widths of the hidden layers of every network; empty leaves them to the algorithm,
 *     whose paper says how many layers there are, {@value #WIDTH} wide
 * @param embeddingWidth widest embedding of a categorical field
 * @param discount γ, in [0, 1]
 * @param seed of all randomness
 * @param target the policy to evaluate, for learners that evaluate one
 */
public record Setting(
    Experience experience,
    Observations observations,
    Networks networks,
    List<Integer> hidden,
    int embeddingWidth,
    double discount,
    long seed,
    Optional<Policy> target) {
  /** The width of hidden layers in most papers of the field. */
  public static final int WIDTH = 256;

  /** Copies the list. */
  public Setting {
    hidden = List.copyOf(hidden);
  }

  /** The data in its own units. */
  TransitionColumns data() {
    return experience.data();
  }

  /** A description of a network of observations, to be completed; two hidden layers. */
  Blueprint network() {
    return new Blueprint(this, 0, sized(2), Normalization.NONE, Initialization.UNIFORM);
  }

  private List<Integer> sized(int layers) {
    return hidden.isEmpty() ? Collections.nCopies(layers, WIDTH) : hidden;
  }

  /** A target network: the same parameters, moved by Polyak averaging only. */
  Network targetOf(Network network) {
    return networks.create(network.architecture(), network.parameters(), 0);
  }

  /** Whether actions are discrete; otherwise they lie in a box. */
  boolean isDiscrete() {
    return data().actionSpace() instanceof ActionSpace.Discrete;
  }

  /** The number of discrete actions. */
  int actions() {
    return data().actionCount();
  }

  /** The number of coordinates of a continuous action. */
  int dimensions() {
    return experience.dimensions();
  }

  /**
   * What a network is to be like.
   *
   * @param setting where it is made
   * @param extra inputs besides the observation
   * @param hidden widths of the hidden layers
   * @param normalization whether and where hidden layers are normalized
   * @param initialization how its parameters begin
   */
  record Blueprint(
      Setting setting,
      int extra,
      List<Integer> hidden,
      Normalization normalization,
      Initialization initialization) {
    /** With inputs besides the observation. */
    Blueprint extra(int inputs) {
      return new Blueprint(setting, inputs, hidden, normalization, initialization);
    }

    /** With as many hidden layers as the paper has, unless the user chose their widths. */
    Blueprint layers(int paper) {
      return new Blueprint(setting, extra, setting.sized(paper), normalization, initialization);
    }

    /** With these hidden layers, whatever the user chose for the others. */
    Blueprint hidden(List<Integer> widths) {
      return new Blueprint(setting, extra, widths, normalization, initialization);
    }

    /** With layer normalization there. */
    Blueprint normalized(Normalization where) {
      return new Blueprint(setting, extra, hidden, where, initialization);
    }

    /** Beginning like this. */
    Blueprint initialized(Initialization how) {
      return new Blueprint(setting, extra, hidden, normalization, how);
    }

    /**
     * A fresh network.
     *
     * @param name distinguishes its initial parameters from those of others with the same seed
     */
    Network create(String name, int outputs, double learningRate) {
      Architecture plain =
          Architecture.of(
              setting.data().observationSpace(), setting.embeddingWidth(), hidden, outputs);
      Architecture architecture =
          new Architecture(
              plain.numeric(), plain.embeddings(), extra, hidden, normalization, outputs);
      SplittableRandom random =
          new SplittableRandom(
              StableHash.combine(setting.seed(), StableHash.of("initial " + name)));
      return setting
          .networks()
          .create(
              architecture, architecture.initialParameters(random, initialization), learningRate);
    }
  }
}
