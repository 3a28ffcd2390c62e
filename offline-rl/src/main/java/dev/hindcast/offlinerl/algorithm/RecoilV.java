package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.core.config.Require;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.loss.AdvantageWeight;
import dev.hindcast.core.loss.Loss;
import dev.hindcast.core.loss.MixtureDual;
import dev.hindcast.offlinerl.network.Network;
import dev.hindcast.offlinerl.product.Product;
import dev.hindcast.training.learner.FreeParameters;
import dev.hindcast.training.learner.Losses;
import dev.hindcast.training.learner.MiniBatch;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * ReCOIL in its V form: as {@link Recoil} it imitates a few demonstrations with the help of many
 * other steps and without rewards, but asks V alone, of observations. Sikchi, Zheng, Zhang, Niekum
 * (2024), arXiv:2302.08560, stabilized as in Sikchi, Chuck, Zhang, Niekum (2024, DILO),
 * arXiv:2406.08805, and its program.
 *
 * <p>V has the least of {@code λ D + (1 - λ) mean V(o)}, the mean over the other steps and D the
 * {@link MixtureDual} of {@code y = γ V(o') - V(o)}. At the least a demonstrated step earns 2, and
 * any other costs {@code 2 (1 - λ) / (λ (1 - β))}, where demonstrations and others do not meet. D's
 * gradient has a part by V(o) and one by V(o'); where the second would undo the first, it is cut:
 * only what is orthogonal to the first is followed (Mao and others, 2024, ODICE, arXiv:2402.00348).
 *
 * <p>Departs from the paper: its objective starts from the world's first states, and has V = 0
 * everywhere as its least when the demonstrations start there too, which tells a policy nothing;
 * the program starts from all states of the log, and so does this. From the program: V sees one
 * observation instead of two in a row, as actions are in the log here; so the weight of a step is
 * {@code exp(κ y)} instead of {@code exp(κ V)}. The policy learns from both halves, as in the
 * paper. Each of the two networks has its gradients made orthogonal by itself. An end can be told
 * to be a success.
 */
public final class RecoilV implements NetworkLearner {
  private static final double MOST_PER_STEP = 2;
  private static final double NO_GRADIENT = 1e-10;

  private final Setting setting;
  private final Config config;
  private final double most;
  private final List<Network> values = new ArrayList<>();
  private final List<Network> targets = new ArrayList<>();
  private final Actor policy;

  /**
   * What can be set.
   *
   * @param strength λ, in (0, 1): how much the divergence weighs against the pull of V towards less
   * @param mixture β, in (0, 1): the share of demonstrations in the mixture to be matched
   * @param backwardShare η, at least 0: how much the gradient by what follows weighs
   * @param endings what an end means: nothing earned any more, or the most for ever
   * @param inverseTemperature κ of the policy's weights; 0 clones
   * @param policy what it is made of when actions are continuous
   * @param learningRate of V
   * @param policyRate learning rate of the policy, falling to zero along half a cosine
   * @param polyak how far the target networks follow in each update, in (0, 1]
   */
  public record Config(
      double strength,
      double mixture,
      double backwardShare,
      Recoil.Endings endings,
      double inverseTemperature,
      PolicyForm policy,
      double learningRate,
      double policyRate,
      double polyak)
      implements Serializable, TargetCopies {
    /** The program's; κ is ours, as the weights are. */
    public static final Config DEFAULT =
        new Config(
            0.8, 0.5, 0.5, Recoil.Endings.FAILURE, 1, PolicyForm.GAUSSIAN, 3e-4, 1e-4, 0.005);

    /** Checks the ranges. */
    public Config {
      Require.open("strength", strength, 0, 1);
      Require.open("mixture", mixture, 0, 1);
      Require.nonNegative("backward-share", backwardShare);
      Require.nonNegative("inverse-temperature", inverseTemperature);
      Require.positive("learning-rate", learningRate);
      Require.positive("policy-rate", policyRate);
      Require.positive("polyak", polyak);
      Require.closed("polyak", polyak, 0, 1);
    }
  }

  /**
   * On this data.
   *
   * @throws UserError when the discount is 1
   */
  public RecoilV(Setting setting, Config config) {
    this.setting = setting;
    this.config = config;
    if (setting.discount() == 1) {
      throw UserError.usage(
          "Cannot train recoil-v with a discount of 1: its values are counted in units of 1 / (1 - discount). Set discount below 1.");
    }
    most = MOST_PER_STEP / (1 - setting.discount());
    for (int i = 1; i <= 2; i++) {
      Network value = setting.network().create("value " + i, 1, config.learningRate());
      values.add(value);
      targets.add(setting.targetOf(value));
    }
    policy = Actor.imitating(setting, setting.network(), config.policy(), config.policyRate());
  }

  /** One gradient step of both values, then of the policy. */
  @Override
  public Losses update(MiniBatch batch) {
    Demonstrated demonstrated = new Demonstrated(batch);
    float[] fixed = least(targets, batch.observations()); // (B), V' of o
    float[] fixedNext = following(batch, least(targets, batch.nextObservations())); // (B)
    Map<String, Double> figures = new TreeMap<>();
    for (Network value : values) {
      step(value, batch, demonstrated, fixed, fixedNext)
          .forEach((name, x) -> figures.merge(name, x / values.size(), Double::sum));
    }

    float[] v = least(values, batch.observations()); // (B)
    float[] next = following(batch, least(values, batch.nextObservations())); // (B)
    float[] weights = AdvantageWeight.of(next, v, config.inverseTemperature()); // (B)
    policy.learningRate(LearningRate.cosine(config.policyRate(), batch.progress()));
    figures.put(
        "policy_loss", policy.imitate(batch, Recoil.product(demonstrated.halves(), weights)));
    for (int i = 0; i < values.size(); i++) {
      targets.get(i).polyakFrom(values.get(i), config.polyak());
    }

    figures.put("capped_weights", Losses.shareAtLeast(weights, AdvantageWeight.GREATEST));
    demonstrated.putMeans(figures, "v", v);
    demonstrated.putMeans(figures, "residual", minus(next, v));
    return Losses.of(figures);
  }

  /** One step of a value along forward + orthogonal part of backward + pull. */
  private Map<String, Double> step(
      Network value, MiniBatch batch, Demonstrated demonstrated, float[] fixed, float[] fixedNext) {
    int[] here = batch.observations();
    float[] v = value.forward(setting.observations(), here); // (B)
    Loss forward = dual(batch, demonstrated, minus(fixedNext, v));
    float[] byHere = forward.times(-1).gradient(); // y falls as V(o) rises
    value.backward(byHere);
    float[] forwardGradient = value.gradients();

    float[] nextV = value.forward(setting.observations(), batch.nextObservations()); // (B)
    Loss backward = dual(batch, demonstrated, minus(following(batch, nextV), fixed));
    value.backward(
        Recoil.product(backward.times(config.backwardShare()).gradient(), batch.discounts()));
    double overlap = overlap(forwardGradient, value.gradients());

    value.forward(setting.observations(), here);
    float[] rest = pull(batch, demonstrated);
    for (int i = 0; i < rest.length; i++) {
      rest[i] -= (float) (overlap * byHere[i]);
    }
    value.backward(rest);
    value.step();
    return Map.of("value_loss", forward.value(), "overlap", overlap);
  }

  private Loss dual(MiniBatch batch, Demonstrated demonstrated, float[] residuals) {
    return MixtureDual.of(
            residuals, demonstrated.rows(), batch.admissibleWeights(), config.mixture())
        .times(config.strength());
  }

  /** How many times the first gradient is part of what has been added to it since. */
  private static double overlap(float[] first, float[] sum) {
    double product = 0;
    double square = 0;
    for (int i = 0; i < first.length; i++) {
      product += first[i] * ((double) sum[i] - first[i]);
      square += (double) first[i] * first[i];
    }
    return product / Math.max(square, NO_GRADIENT);
  }

  /** (B): the gradient of (1 - λ) mean V(o) over the other steps. */
  private float[] pull(MiniBatch batch, Demonstrated demonstrated) {
    float[] gradient = Recoil.product(demonstrated.others(), batch.admissibleWeights());
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] *= (float) ((1 - config.strength()) / gradient.length);
    }
    return gradient;
  }

  /** (B): γ V(o'), or what an end leaves. */
  private float[] following(MiniBatch batch, float[] nextV) {
    float[] discounts = batch.discounts();
    double end = config.endings() == Recoil.Endings.SUCCESS ? setting.discount() * most : 0;
    float[] following = new float[nextV.length];
    for (int i = 0; i < following.length; i++) {
      following[i] = discounts[i] == 0 ? (float) end : discounts[i] * nextV[i];
    }
    return following;
  }

  /** (rows): the lesser of two values. */
  private float[] least(List<Network> networks, int[] observations) {
    Function<Network, float[]> of =
        network -> network.predict(setting.observations(), observations);
    float[] least = of.apply(networks.get(0));
    float[] other = of.apply(networks.get(1));
    for (int i = 0; i < least.length; i++) {
      least[i] = Math.min(least[i], other[i]);
    }
    return least;
  }

  private static float[] minus(float[] a, float[] b) {
    float[] difference = a.clone();
    for (int i = 0; i < difference.length; i++) {
      difference[i] -= b[i];
    }
    return difference;
  }

  @Override
  public Map<String, Network> networks() {
    Map<String, Network> all = new TreeMap<>(policy.networks());
    for (int i = 0; i < values.size(); i++) {
      all.put("value_" + (i + 1), values.get(i));
      all.put("target_value_" + (i + 1), targets.get(i));
    }
    return all;
  }

  @Override
  public Map<String, FreeParameters> parameters() {
    return policy.parameters();
  }

  @Override
  public Product product() {
    return policy.product();
  }
}
