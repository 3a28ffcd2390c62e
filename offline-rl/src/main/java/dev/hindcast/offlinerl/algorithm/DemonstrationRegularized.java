package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.core.config.Require;
import dev.hindcast.offlinerl.network.Architecture.Normalization;
import dev.hindcast.offlinerl.network.Network;
import dev.hindcast.offlinerl.product.Product;
import dev.hindcast.training.learner.FreeParameters;
import dev.hindcast.training.learner.Losses;
import dev.hindcast.training.learner.MiniBatch;
import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;

/**
 * Demonstration-regularized reinforcement learning: clones the demonstrations, then improves on the
 * clone with the rewards of all steps, paying a price for every nat by which it strays from it.
 * Tiapkin, Belomestny, Calandriello, Moulines, Naumov, Perrault, Valko, Menard (2024),
 * arXiv:2310.17303: their behavior cloning and their regularized planning, with networks for the
 * tables.
 *
 * <p>First phase: π₀ by maximum likelihood on the demonstrations of each batch; meanwhile the
 * critics learn what the clone is worth. Second phase: π₀ is frozen, π begins as its copy, and
 *
 * <ul>
 *   <li>critics: {@code y = r + γ (1 − terminated) V(o')} with {@code V = λ log Σ_a π₀(a) exp(min
 *       Q' / λ)} for discrete actions and {@code V = min Q'(a') − λ KL(π ‖ π₀)}, a' ~ π, for
 *       continuous ones;
 *   <li>policy: the mean of {@code λ KL(π ‖ π₀) − min Q};
 *   <li>price: {@code log λ += rate (KL − budget)}, so that λ finds the price at which the policy
 *       strays as far as the budget allows, whatever the scale of the rewards.
 * </ul>
 *
 * <p>Departs: the paper plans in tables with bonuses for exploration, which an offline learner has
 * no use for. Its price grows with the number of demonstrations by a formula with unknown
 * constants; here it follows from a budget, unless {@code price-rate} is 0.
 */
public final class DemonstrationRegularized implements NetworkLearner {
  private static final double LEAST_PRICE = 1e-4;
  private static final double GREATEST_PRICE = 1e4;

  private final Config config;
  private final RegularizedPolicy policy;
  private final Critics critics;
  private final FreeParameters logPrice;

  /**
   * What can be set.
   *
   * @param cloningUpdates how many updates the first phase takes, at least 1
   * @param divergenceBudget how far the policy may stray from the clone on average, in nats per
   *     decision, above 0
   * @param price λ at the beginning of the second phase: what one nat costs in units of reward,
   *     above 0
   * @param priceRate how fast the price follows the budget; 0 leaves it as it is
   * @param cloningRate learning rate of the policy in the first phase
   * @param policyRate learning rate of the policy in the second phase
   * @param learningRate of the critics
   * @param polyak how far the target critics follow in each update, in (0, 1]
   */
  public record Config(
      int cloningUpdates,
      double divergenceBudget,
      double price,
      double priceRate,
      double cloningRate,
      double policyRate,
      double learningRate,
      double polyak)
      implements Serializable, TargetCopies {
    /** Ours: the paper has tables and linear models only. */
    public static final Config DEFAULT = new Config(10_000, 0.1, 1, 0.003, 1e-3, 1e-4, 3e-4, 0.005);

    /** Checks the ranges. */
    public Config {
      Require.positive("cloning-updates", cloningUpdates);
      Require.positive("divergence-budget", divergenceBudget);
      Require.positive("price", price);
      Require.nonNegative("price-rate", priceRate);
      Require.positive("cloning-rate", cloningRate);
      Require.positive("policy-rate", policyRate);
      Require.positive("learning-rate", learningRate);
      Require.positive("polyak", polyak);
      Require.closed("polyak", polyak, 0, 1);
    }
  }

  /** On this data. */
  public DemonstrationRegularized(Setting setting, Config config) {
    this.config = config;
    policy = RegularizedPolicy.of(setting, config.cloningRate());
    critics =
        new Critics(
            setting,
            2,
            setting.network().normalized(Normalization.BEFORE_ACTIVATION),
            config.learningRate());
    logPrice = new FreeParameters((float) Math.log(config.price()));
  }

  @Override
  public Losses update(MiniBatch batch) {
    if (batch.update() < config.cloningUpdates()) {
      return clone(batch);
    }
    if (batch.update() == config.cloningUpdates()) {
      policy.becomeReference();
    }
    return improve(batch);
  }

  private Losses clone(MiniBatch batch) {
    double criticLoss = critics.step(batch, batch.targets(policy.nextValues(critics, batch)));
    policy.learningRate(config.cloningRate());
    double cloningLoss = policy.imitate(batch, onlyDemonstrations(batch));
    critics.follow(config.polyak());
    return Losses.of(Map.of("critic_loss", criticLoss, "cloning_loss", cloningLoss));
  }

  private Losses improve(MiniBatch batch) {
    double price = Math.exp(logPrice.value(0));
    float[] targets = batch.targets(policy.nextValues(critics, batch, price)); // (B)
    double criticLoss = critics.step(batch, targets);
    policy.learningRate(config.policyRate());
    RegularizedPolicy.Improvement found = policy.improve(critics, batch, price);
    follow(found.divergence());
    critics.follow(config.polyak());
    return Losses.of(
        Map.of(
            "critic_loss", criticLoss,
            "policy_loss", found.loss(),
            "divergence", found.divergence(),
            "price", price,
            "regularized_value", Losses.mean(targets)));
  }

  private void follow(double divergence) {
    double next =
        nextLogPrice(logPrice.value(0), divergence, config.divergenceBudget(), config.priceRate());
    logPrice.values(new float[] {(float) next});
    logPrice.clamp(Math.log(LEAST_PRICE), Math.log(GREATEST_PRICE));
  }

  /** The dual step: dearer while the policy strays farther than it may, cheaper otherwise. */
  static double nextLogPrice(double logPrice, double divergence, double budget, double rate) {
    return logPrice + rate * (divergence - budget);
  }

  /** (B): weights under which a mean over the batch is one over its demonstrations. */
  private static float[] onlyDemonstrations(MiniBatch batch) {
    boolean[] demonstrations = batch.demonstrations();
    int count = 0;
    for (boolean demonstration : demonstrations) {
      count += demonstration ? 1 : 0;
    }
    float[] weights = new float[demonstrations.length];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = demonstrations[i] ? (float) weights.length / count : 0;
    }
    return weights;
  }

  @Override
  public Map<String, Network> networks() {
    Map<String, Network> all = new TreeMap<>(critics.networks());
    all.putAll(policy.networks());
    return all;
  }

  @Override
  public Map<String, FreeParameters> parameters() {
    Map<String, FreeParameters> all = new TreeMap<>(policy.parameters());
    all.put("log_price", logPrice);
    return all;
  }

  @Override
  public Product product() {
    return policy.product();
  }
}
