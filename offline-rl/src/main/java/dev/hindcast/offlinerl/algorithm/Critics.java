package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.core.loss.ChosenAction;
import dev.hindcast.core.loss.Loss;
import dev.hindcast.core.loss.SquaredError;
import dev.hindcast.offlinerl.network.Network;
import dev.hindcast.training.learner.MiniBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Q-functions that learn the same targets from different beginnings, each with a target network
 * that follows by Polyak averaging. With discrete actions every network has one output per action;
 * with continuous ones the action, in [-1, 1], is an extra input and there is one output.
 */
final class Critics {
  private final Setting setting;
  private final List<Network> online = new ArrayList<>();
  private final List<Network> targets = new ArrayList<>();

  /**
   * Fresh ones.
   *
   * @param count how many
   * @param blueprint what they are like, but for the action
   */
  Critics(Setting setting, int count, Setting.Blueprint blueprint, double learningRate) {
    this.setting = setting;
    int outputs = setting.isDiscrete() ? setting.actions() : 1;
    for (int i = 1; i <= count; i++) {
      Network network =
          blueprint.extra(setting.dimensions()).create("critic " + i, outputs, learningRate);
      online.add(network);
      targets.add(setting.targetOf(network));
    }
  }

  /** How many there are. */
  int count() {
    return online.size();
  }

  /** One of them. */
  Network network(int critic) {
    return online.get(critic);
  }

  /** (B): Q of one critic at the logged actions. */
  float[] logged(int critic, MiniBatch batch) {
    return logged(online.get(critic), batch);
  }

  /** (B): the least over all critics at the logged actions. */
  float[] leastLogged(MiniBatch batch) {
    return least(online, network -> logged(network, batch));
  }

  /** (B): the least over all target critics at the logged actions. */
  float[] leastTargetLogged(MiniBatch batch) {
    return least(targets, network -> logged(network, batch));
  }

  /** (rows): Q of one critic at these continuous actions, (rows, dimensions). */
  float[] at(int critic, int[] observations, float[] actions) {
    return online.get(critic).predict(setting.observations(), observations, actions);
  }

  /** (rows): as {@link #at}, remembered for {@link #actionGradient}. */
  float[] forward(int critic, int[] observations, float[] actions) {
    return online.get(critic).forward(setting.observations(), observations, actions);
  }

  /**
   * (rows, dimensions): the gradient of a loss by the actions of the last {@link #forward}, given
   * its gradient by the values, (rows). The critic itself learns nothing from it.
   */
  float[] actionGradient(int critic, float[] valueGradient) {
    return online.get(critic).inputGradient(valueGradient);
  }

  /**
   * (critics)(rows): Q of every critic at these continuous actions, remembered for {@link
   * #actionGradient(float[][])}.
   */
  float[][] forwardAll(int[] observations, float[] actions) {
    float[][] values = new float[online.size()][];
    for (int i = 0; i < values.length; i++) {
      values[i] = forward(i, observations, actions);
    }
    return values;
  }

  /**
   * (rows, dimensions): the gradient of a loss by the actions of the last {@link #forwardAll},
   * given its gradient by the values, (critics)(rows).
   */
  float[] actionGradient(float[][] valueGradients) {
    float[] sum = actionGradient(0, valueGradients[0]);
    for (int i = 1; i < valueGradients.length; i++) {
      float[] more = actionGradient(i, valueGradients[i]);
      for (int j = 0; j < sum.length; j++) {
        sum[j] += more[j];
      }
    }
    return sum;
  }

  /** (rows): the least over all critics at these continuous actions. */
  float[] least(int[] observations, float[] actions) {
    return least(online, network -> network.predict(setting.observations(), observations, actions));
  }

  /** (rows): the least over all target critics at these continuous actions. */
  float[] leastTarget(int[] observations, float[] actions) {
    return least(
        targets, network -> network.predict(setting.observations(), observations, actions));
  }

  /** (rows): the least over some target critics at these continuous actions. */
  float[] leastTarget(int[] which, int[] observations, float[] actions) {
    List<Network> some = Arrays.stream(which).mapToObj(targets::get).toList();
    return least(some, network -> network.predict(setting.observations(), observations, actions));
  }

  /** (rows, actions): the least over all critics for every discrete action. */
  float[] leastOfAll(int[] observations) {
    return least(online, network -> network.predict(setting.observations(), observations));
  }

  /** (rows, actions): the least over all target critics for every discrete action. */
  float[] leastTargetOfAll(int[] observations) {
    return least(targets, network -> network.predict(setting.observations(), observations));
  }

  /**
   * One step of every critic towards the targets by the squared error; the sum of their losses.
   *
   * @param wanted (B), which carry no gradient
   */
  double step(MiniBatch batch, float[] wanted) {
    return step(batch, wanted, SquaredError::of);
  }

  /**
   * One step of every critic towards the targets; the sum of their losses.
   *
   * @param wanted (B), which carry no gradient
   * @param loss of (B) values against (B) targets
   */
  double step(MiniBatch batch, float[] wanted, BiFunction<float[], float[], Loss> loss) {
    double sum = 0;
    for (Network network : online) {
      float[] outputs =
          network.forward(setting.observations(), batch.observations(), batch.actionVectors());
      if (setting.isDiscrete()) {
        int actions = setting.actions();
        int[] chosen = batch.actions();
        Loss ofChosen = loss.apply(ChosenAction.of(outputs, actions, chosen), wanted);
        network.backward(ChosenAction.spread(ofChosen, actions, chosen).gradient());
        sum += ofChosen.value();
      } else {
        Loss ofLogged = loss.apply(outputs, wanted);
        network.backward(ofLogged.gradient());
        sum += ofLogged.value();
      }
      network.step();
    }
    return sum;
  }

  /**
   * One step of every critic along a loss of its values at these continuous actions; the sum of the
   * losses.
   *
   * @param loss of (rows) values, in the order of the rows
   */
  double stepAt(int[] observations, float[] actions, Function<float[], Loss> loss) {
    double sum = 0;
    for (Network network : online) {
      Loss found = loss.apply(network.forward(setting.observations(), observations, actions));
      network.backward(found.gradient());
      network.step();
      sum += found.value();
    }
    return sum;
  }

  /**
   * (critics)(B, dimensions): the slope of every critic by the action at the logged actions,
   * remembered for {@link #step(MiniBatch, float[], float[][])}.
   */
  float[][] slopes(MiniBatch batch) {
    float[] ones = new float[batch.size()];
    Arrays.fill(ones, 1);
    float[][] slopes = new float[online.size()][];
    for (int i = 0; i < slopes.length; i++) {
      forward(i, batch.observations(), batch.actionVectors());
      slopes[i] = actionGradient(i, ones);
    }
    return slopes;
  }

  /**
   * As {@link #step(MiniBatch, float[])}, for continuous actions and with a loss of the {@link
   * #slopes} just given besides.
   *
   * @param slopeGradients (critics)(B, dimensions), the gradient of that loss
   */
  double step(MiniBatch batch, float[] wanted, float[][] slopeGradients) {
    for (int i = 0; i < slopeGradients.length; i++) {
      online.get(i).backwardOfInputGradient(slopeGradients[i]);
    }
    return step(batch, wanted);
  }

  /** Moves the target critics. */
  void follow(double polyak) {
    for (int i = 0; i < online.size(); i++) {
      targets.get(i).polyakFrom(online.get(i), polyak);
    }
  }

  /** All of them by name. */
  Map<String, Network> networks() {
    Map<String, Network> all = new TreeMap<>();
    for (int i = 0; i < online.size(); i++) {
      all.put("critic_" + (i + 1), online.get(i));
      all.put("target_critic_" + (i + 1), targets.get(i));
    }
    return all;
  }

  private float[] logged(Network network, MiniBatch batch) {
    float[] outputs =
        network.predict(setting.observations(), batch.observations(), batch.actionVectors());
    return setting.isDiscrete()
        ? ChosenAction.of(outputs, setting.actions(), batch.actions())
        : outputs;
  }

  private static float[] least(List<Network> networks, ValuesOf values) {
    float[] least = values.apply(networks.get(0));
    for (Network network : networks.subList(1, networks.size())) {
      float[] more = values.apply(network);
      for (int i = 0; i < least.length; i++) {
        least[i] = Math.min(least[i], more[i]);
      }
    }
    return least;
  }

  /** Some outputs of a network. */
  private interface ValuesOf {
    float[] apply(Network network);
  }
}
