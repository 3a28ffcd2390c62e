package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.core.artefact.StableHash;
import dev.hindcast.core.config.Require;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.loss.Loss;
import dev.hindcast.core.loss.SquaredError;
import dev.hindcast.offlinerl.network.Network;
import dev.hindcast.offlinerl.product.Product;
import dev.hindcast.training.learner.Experience;
import dev.hindcast.training.learner.FreeParameters;
import dev.hindcast.training.learner.Losses;
import dev.hindcast.training.learner.MiniBatch;
import dev.hindcast.training.learner.ReturnToGo;
import dev.hindcast.training.learner.TrainingStopped;
import java.io.Serializable;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * On-policy gradient whose critic also learns from a log. Zhou, Sekhari, Song, Sun (2023),
 * arXiv:2311.08384 (HNPG, and HAC with networks).
 *
 * <p>It cannot learn from a log alone: each iteration is given an {@link Experience} of the log and
 * of {@link Experience#fresh() fresh} episodes that the policy lived as it stands, and takes {@link
 * Config#updates()} updates, counted from 0:
 *
 * <ul>
 *   <li>critic: {@code mean over fresh steps of (Q − G)² + ν mean over the log's steps of (Q − r −
 *       γ E_{a ~ π(o')} Q'(o', a))²}, G the return to go;
 *   <li>then the policy, from π₀: {@code max mean π(a) / π₀(a) A − price KL(π ‖ π₀)} over the fresh
 *       steps with their actions, A by generalized advantage estimation (Schulman and others, 2016,
 *       arXiv:1506.02438), and over the log's observations with actions of π₀, A = Q − V. The log's
 *       own actions teach the critic alone.
 * </ul>
 *
 * <p>After its last update the policy's version is one higher, and the next iteration needs a
 * learner of its own data that stands where this one does. Fresh episodes of another version are
 * refused: their returns are not this policy's. Without fresh steps the critic is fitted-Q
 * evaluation, with {@code log-weight} 0 it averages returns.
 *
 * <p>Departs: the trust region is that of mirror descent (Tomar, Shani, Efroni, Ghavamzadeh, 2020,
 * arXiv:2005.09814): several steps of Adam on the surrogate with a price for KL(π ‖ π₀), none where
 * it is beyond its limit. The paper solves for the natural gradient by conjugate gradients and
 * searches along it, which takes second derivatives that networks do not give here; in tables both
 * are {@code π ∝ π₀ exp(A / price)}. One discounted critic with a target network stands in for a
 * critic at each step of a finite horizon, and after a truncated episode G goes on with what the
 * target critic says.
 */
public final class HybridPolicyGradient implements NetworkLearner {
  private final Setting setting;
  private final Config config;
  private final Critics critics;
  private final MirrorPolicy policy;
  private final ReturnToGo returns;
  private final FreeParameters version = new FreeParameters(0);
  private Optional<float[]> advantages = Optional.empty();

  /**
   * What can be set.
   *
   * @param logWeight ν: how much the log's part of the critic's loss counts, at least 0
   * @param price of a nat between an iteration's policies in units of reward, at least 0
   * @param divergenceLimit no further step is made beyond it, in nats, above 0
   * @param advantageDecay λ of generalized advantage estimation, in [0, 1]
   * @param criticUpdates of an iteration, at least 1; they come first
   * @param policyUpdates of an iteration, at least 1
   * @param learningRate of the critic
   * @param policyLearningRate of the policy
   * @param polyak how far the target critic follows in each of its updates, in (0, 1]
   */
  public record Config(
      double logWeight,
      double price,
      double divergenceLimit,
      double advantageDecay,
      int criticUpdates,
      int policyUpdates,
      double learningRate,
      double policyLearningRate,
      double polyak)
      implements Serializable, TargetCopies {
    /**
     * The paper's ν, limit, decay and learning rate, and mirror descent's first price and ten
     * steps. The paper's critics take 30 updates at each of 30 or 50 steps of the horizon; 1000
     * stand for these.
     */
    public static final Config DEFAULT = new Config(1, 1, 0.01, 0.97, 1000, 10, 3e-4, 3e-4, 0.005);

    /** Checks the ranges. */
    public Config {
      Require.nonNegative("log-weight", logWeight);
      Require.nonNegative("price", price);
      Require.positive("divergence-limit", divergenceLimit);
      Require.closed("advantage-decay", advantageDecay, 0, 1);
      Require.positive("critic-updates", criticUpdates);
      Require.positive("policy-updates", policyUpdates);
      Require.positive("learning-rate", learningRate);
      Require.positive("policy-learning-rate", policyLearningRate);
      Require.positive("polyak", polyak);
      Require.closed("polyak", polyak, 0, 1);
    }

    /** How many updates an iteration has. */
    public int updates() {
      return criticUpdates + policyUpdates;
    }
  }

  /** For one iteration on this data. */
  public HybridPolicyGradient(Setting setting, Config config) {
    this.setting = setting;
    this.config = config;
    critics = new Critics(setting, 1, setting.network(), config.learningRate());
    policy = MirrorPolicy.of(setting, config.policyLearningRate());
    returns = new ReturnToGo(setting.experience());
  }

  /** How many iterations the policy has behind it: the version that fresh episodes must be of. */
  public int version() {
    return (int) version.value(0);
  }

  @Override
  public Losses update(MiniBatch batch) {
    refuseStale();
    long at = batch.update() % config.updates();
    if (at == 0) {
      policy.begin();
    }
    Losses losses = at < config.criticUpdates() ? fit(batch) : improve(batch);
    if (at == config.updates() - 1) {
      version.values(new float[] {version() + 1});
    }
    return losses;
  }

  private void refuseStale() {
    setting
        .experience()
        .fresh()
        .filter(fresh -> fresh.version() != version())
        .ifPresent(
            fresh -> {
              throw new TrainingStopped(
                  "its fresh episodes were lived by version "
                      + fresh.version()
                      + " of the policy, which stands at version "
                      + version()
                      + ". Let the policy as it stands live new ones; those of other versions belong to the log.");
            });
  }

  /** One step of the critic towards returns and, on the log's steps, what π makes of them. */
  private Losses fit(MiniBatch batch) {
    boolean[] fresh = batch.fresh();
    float[] returned = returns.of(batch.rows(), ends -> targetValues(ends, batch, "tails")); // (B)
    float[] targets =
        batch.targets(targetValues(batch.nextObservations(), batch, "next actions")); // (B)
    for (int i = 0; i < targets.length; i++) {
      targets[i] = fresh[i] ? returned[i] : targets[i];
    }
    float[] ofFresh = weights(batch, true);
    float[] ofLog = weights(batch, false);
    Map<String, Double> figures = new TreeMap<>();
    double loss =
        critics.step(
            batch,
            targets,
            (q, wanted) -> {
              Loss lived = SquaredError.of(q, wanted, ofFresh);
              Loss logged = SquaredError.of(q, wanted, ofLog);
              figures.put("fresh_loss", lived.value());
              figures.put("log_loss", logged.value());
              figures.put("q_mean", Losses.mean(q));
              return lived.plus(logged.times(config.logWeight()));
            });
    critics.follow(config.polyak());
    figures.put("critic_loss", loss);
    return Losses.of(figures);
  }

  private float[] targetValues(int[] observations, MiniBatch batch, String purpose) {
    return policy.targetValues(critics, observations, batch.random(purpose));
  }

  /** (B): weights under which a mean over the batch is one over its steps of this kind. */
  private static float[] weights(MiniBatch batch, boolean wanted) {
    boolean[] fresh = batch.fresh();
    float[] weights = batch.admissibleWeights();
    int count = 0;
    for (boolean f : fresh) {
      count += f == wanted ? 1 : 0;
    }
    for (int i = 0; i < weights.length; i++) {
      weights[i] *= fresh[i] == wanted ? (float) weights.length / count : 0;
    }
    return weights;
  }

  private Losses improve(MiniBatch batch) {
    float[] all = advantages();
    int[] rows = batch.rows();
    float[] ofBatch = new float[rows.length];
    for (int i = 0; i < rows.length; i++) {
      ofBatch[i] = all[rows[i]];
    }
    MirrorPolicy.Limits limits = new MirrorPolicy.Limits(config.price(), config.divergenceLimit());
    MirrorPolicy.Step step = policy.improve(critics, batch, ofBatch, limits);
    return Losses.of(
        Map.of(
            "policy_loss", step.loss(),
            "divergence", step.divergence(),
            "steps_made", step.isMade(limits) ? 1.0 : 0.0));
  }

  /**
   * (data rows): {@code A = δ + γ λ A'}, {@code δ = r + γ V(o') − V(o)}, of fresh steps; 0 of
   * others. Computed once: neither the critic nor the policy's start moves until the next
   * iteration.
   */
  private float[] advantages() {
    if (advantages.isEmpty()) {
      advantages = Optional.of(computedAdvantages());
    }
    return advantages.get();
  }

  private float[] computedAdvantages() {
    Experience experience = setting.experience();
    TransitionColumns data = experience.data();
    float[] computed = new float[data.rows()];
    int firstEpisode =
        experience.fresh().map(Experience.Fresh::firstEpisode).orElse(data.episodes());
    if (firstEpisode >= data.episodes()) {
      return computed;
    }
    int first = data.start(firstEpisode);
    int steps = data.rows() - first;
    float[] values = values(data, firstEpisode);
    for (int episode = firstEpisode; episode < data.episodes(); episode++) {
      float nextValue = values[steps + episode - firstEpisode];
      float following = 0;
      for (int row = data.end(episode) - 1; row >= data.start(episode); row--) {
        float value = values[row - first];
        if (data.terminated(row) || data.next(row) != TransitionColumns.UNKNOWN) {
          float discount = experience.discount(row);
          float error = experience.reward(row) + discount * nextValue - value;
          following = (float) (error + discount * config.advantageDecay() * following);
          computed[row] = following;
        }
        nextValue = value;
      }
    }
    return computed;
  }

  /** V of all fresh steps' observations, then of what followed each fresh episode. */
  private float[] values(TransitionColumns data, int firstEpisode) {
    int first = data.start(firstEpisode);
    int steps = data.rows() - first;
    int[] observations = new int[steps + data.episodes() - firstEpisode];
    for (int i = 0; i < steps; i++) {
      observations[i] = first + i;
    }
    for (int episode = firstEpisode; episode < data.episodes(); episode++) {
      int last = data.end(episode) - 1;
      int next = data.next(last);
      // where nothing is known to follow, the value is not used
      observations[steps + episode - firstEpisode] =
          next == TransitionColumns.UNKNOWN ? last : next;
    }
    SplittableRandom random =
        new SplittableRandom(
            StableHash.combine(setting.seed(), StableHash.of("values of version " + version())));
    return policy.values(critics, observations, random);
  }

  @Override
  public Map<String, Network> networks() {
    Map<String, Network> all = new TreeMap<>(critics.networks());
    all.putAll(policy.networks());
    return all;
  }

  @Override
  public Map<String, FreeParameters> parameters() {
    return Map.of("version", version);
  }

  @Override
  public Product product() {
    return policy.product();
  }
}
