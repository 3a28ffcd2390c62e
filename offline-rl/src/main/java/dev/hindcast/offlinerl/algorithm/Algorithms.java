package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.DatasetManifest.PartSummary;
import dev.hindcast.core.data.Normalizer;
import dev.hindcast.offlinerl.bundle.NeuralBundleFormat;
import dev.hindcast.training.algorithm.Actions;
import dev.hindcast.training.algorithm.Algorithm;
import dev.hindcast.training.algorithm.Assignment;
import dev.hindcast.training.algorithm.Catalogue;
import dev.hindcast.training.algorithm.TrainSettings;
import dev.hindcast.training.algorithm.Trainee;
import dev.hindcast.training.algorithm.Yields;
import dev.hindcast.training.learner.Experience;
import dev.hindcast.training.loop.Schedule;
import dev.hindcast.training.sampling.Draws;
import dev.hindcast.training.sampling.Uses;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/**
 * The catalogue of neural algorithms. A new one is one file and one line here: among those that can
 * learn from a dataset alone, or among those that need fresh episodes besides.
 */
public final class Algorithms {
  /**
   * One algorithm.
   *
   * @param name what configs call it
   * @param description one line for people
   * @param actions which kinds of actions it is for
   * @param defaults its own settings, each with its default
   * @param yields what comes out
   * @param uses what goes in
   * @param draws how
   * @param constructor makes it
   */
  public record Entry<C extends Record>(
      String name,
      String description,
      Actions actions,
      C defaults,
      Yields yields,
      Uses uses,
      Draws draws,
      BiFunction<Setting, C, NetworkLearner> constructor)
      implements Algorithm {
    /** A learner of a policy that draws its steps uniformly. */
    private static <C extends Record> Entry<C> policy(
        String name,
        String description,
        Actions actions,
        C defaults,
        Uses uses,
        BiFunction<Setting, C, NetworkLearner> constructor) {
      return new Entry<>(
          name, description, actions, defaults, Yields.POLICY, uses, Draws.UNIFORMLY, constructor);
    }

    /** Iterations have as many updates as their options ask for. */
    @Override
    public Schedule schedule(TrainSettings settings, Record options) {
      return options instanceof HybridPolicyGradient.Config iteration
          ? new Schedule(
              iteration.updates(),
              settings.batchSize(),
              settings.checkpointEvery(),
              settings.metricsEvery())
          : settings.schedule();
    }

    /** Networks have a mean. */
    @Override
    public boolean hasMean() {
      return true;
    }

    @Override
    public boolean goesOn() {
      return true;
    }

    @Override
    public Optional<Normalizer> normalizer(Path bundle) {
      return Optional.of(NeuralBundleFormat.stored(bundle).normalizer());
    }

    @Override
    public Optional<String> doubt(
        TrainSettings settings, Record options, double discount, PartSummary training) {
      return options instanceof TargetCopies copies
          ? copies.unsettled(
              settings.updates(),
              discount,
              (double) training.transitions() / Math.max(1, training.episodes()))
          : Optional.empty();
    }

    @Override
    public Trainee open(Assignment assignment) {
      return NeuralTrainee.of(this, assignment);
    }

    /**
     * The learner with these settings, which must be of this entry's kind.
     *
     * @throws UserError when it is not for the data's kind of actions
     */
    @SuppressWarnings("unchecked")
    public NetworkLearner learner(Setting setting, Record config) {
      catalogue().check(this, setting.data().actionSpace());
      return constructor.apply(setting, (C) defaults.getClass().cast(config));
    }

    /** It travels as its name: a constructor does not. */
    private Object writeReplace() {
      return new Name(name);
    }
  }

  /** An entry on its way. */
  private record Name(String name) implements Serializable {
    private Object readResolve() {
      return Stream.concat(ALL.stream(), STREAMED.stream())
          .filter(entry -> entry.name().equals(name))
          .findFirst()
          .orElseThrow();
    }
  }

  private static final List<Entry<?>> ALL =
      List.of(
          Entry.policy(
              "behavior-cloning",
              "Imitates the logged actions (maximum likelihood).",
              Actions.BOTH,
              BehaviorCloning.Config.DEFAULT,
              Uses.ALL_STEPS,
              BehaviorCloning::new),
          Entry.policy(
              "percent-behavior-cloning",
              "Imitates the episodes with the highest returns.",
              Actions.BOTH,
              PercentBehaviorCloning.Config.DEFAULT,
              Uses.ALL_STEPS,
              PercentBehaviorCloning::new),
          Entry.policy(
              "awac",
              "Imitates each logged action by how much better it is than what the policy would do.",
              Actions.BOTH,
              Awac.Config.DEFAULT,
              Uses.STEPS_WITH_NEXT_OBSERVATION,
              Awac::new),
          Entry.policy(
              "iql",
              "Implicit Q-learning: improves on the log without asking about actions outside it.",
              Actions.BOTH,
              Iql.Config.DEFAULT,
              Uses.STEPS_WITH_NEXT_OBSERVATION,
              Iql::new),
          Entry.policy(
              "xql",
              "Extreme Q-learning: as implicit Q-learning, with a soft maximum for the value.",
              Actions.BOTH,
              Xql.Config.DEFAULT,
              Uses.STEPS_WITH_NEXT_OBSERVATION,
              Xql::new),
          Entry.policy(
              "f-dvl",
              "Dual value learning: as implicit Q-learning, with values from an f-divergence.",
              Actions.BOTH,
              FDvl.Config.DEFAULT,
              Uses.STEPS_WITH_NEXT_OBSERVATION,
              FDvl::new),
          Entry.policy(
              "discrete-cql",
              "Conservative Q-learning: greedy, with values pushed down where the log never went.",
              Actions.DISCRETE,
              DiscreteCql.Config.DEFAULT,
              Uses.STEPS_WITH_NEXT_OBSERVATION,
              DiscreteCql::new),
          Entry.policy(
              "bcq",
              "Batch-constrained Q-learning: greedy among actions that the log makes probable.",
              Actions.DISCRETE,
              Bcq.Config.DEFAULT,
              Uses.STEPS_WITH_NEXT_OBSERVATION,
              Bcq::new),
          Entry.policy(
              "td3-bc",
              "TD3 that also imitates the log: a plain and fast baseline.",
              Actions.CONTINUOUS,
              Td3Bc.Config.DEFAULT,
              Uses.STEPS_WITH_NEXT_OBSERVATION,
              Td3Bc::new),
          Entry.policy(
              "a2pr",
              "Imitates only what has an advantage, from the log or a model of its good part.",
              Actions.CONTINUOUS,
              A2pr.Config.DEFAULT,
              Uses.STEPS_WITH_NEXT_OBSERVATION,
              A2pr::new),
          Entry.policy(
              "rebrac",
              "TD3 with behavior cloning in policy and targets, deeper and normalized.",
              Actions.CONTINUOUS,
              Rebrac.Config.DEFAULT,
              Uses.STEPS_WITH_NEXT_OBSERVATION,
              Rebrac::new),
          Entry.policy(
              "cql",
              "Conservative Q-learning: values pushed down where the log never went.",
              Actions.CONTINUOUS,
              Cql.Config.DEFAULT,
              Uses.STEPS_WITH_NEXT_OBSERVATION,
              Cql::new),
          Entry.policy(
              "cal-ql",
              "Calibrated Q-learning: conservative, but never below what the log earned.",
              Actions.CONTINUOUS,
              CalQl.Config.DEFAULT,
              Uses.STEPS_WITH_NEXT_OBSERVATION,
              CalQl::new),
          Entry.policy(
              "sac",
              "Soft actor-critic: unconstrained; without fresh steps a floor.",
              Actions.CONTINUOUS,
              Sac.Config.DEFAULT,
              Uses.STEPS_WITH_NEXT_OBSERVATION,
              Sac::new),
          Entry.policy(
              "sac-n",
              "Soft actor-critic with many critics, whose disagreement warns.",
              Actions.CONTINUOUS,
              SacN.Config.DEFAULT,
              Uses.STEPS_WITH_NEXT_OBSERVATION,
              SacN::new),
          Entry.policy(
              "edac",
              "Soft actor-critic with critics that are kept from agreeing.",
              Actions.CONTINUOUS,
              Edac.Config.DEFAULT,
              Uses.STEPS_WITH_NEXT_OBSERVATION,
              Edac::new),
          new Entry<>(
              "recoil",
              "Imitates demonstrations with the help of other steps, without rewards.",
              Actions.BOTH,
              Recoil.Config.DEFAULT,
              Yields.POLICY,
              Uses.STEPS_WITH_NEXT_OBSERVATION,
              Draws.HALF_DEMONSTRATIONS,
              Recoil::new),
          new Entry<>(
              "recoil-v",
              "As ReCOIL, with values of observations alone.",
              Actions.BOTH,
              RecoilV.Config.DEFAULT,
              Yields.POLICY,
              Uses.STEPS_WITH_NEXT_OBSERVATION,
              Draws.HALF_DEMONSTRATIONS,
              RecoilV::new),
          new Entry<>(
              "demonstration-regularized",
              "Clones the demonstrations, then improves on the clone at a price for straying.",
              Actions.BOTH,
              DemonstrationRegularized.Config.DEFAULT,
              Yields.POLICY,
              Uses.STEPS_WITH_NEXT_OBSERVATION,
              Draws.HALF_DEMONSTRATIONS,
              DemonstrationRegularized::new),
          Entry.policy(
              "residual",
              "Clones the log, then corrects the clone within narrow bounds.",
              Actions.CONTINUOUS,
              Residual.Config.DEFAULT,
              Uses.STEPS_WITH_NEXT_OBSERVATION,
              Residual::new),
          new Entry<>(
              "fitted-q-evaluation",
              "Learns what actions are worth under a target policy; doubly robust estimates need it.",
              Actions.BOTH,
              FittedQEvaluation.Config.DEFAULT,
              Yields.Q_FUNCTION,
              Uses.STEPS_WITH_NEXT_OBSERVATION,
              Draws.UNIFORMLY,
              FittedQEvaluation::new),
          new Entry<>(
              "dice",
              "Learns how much more often a target policy would do what the log shows.",
              Actions.BOTH,
              Dice.Config.DEFAULT,
              Yields.VISIT_RATIOS,
              Uses.STEPS_WITH_NEXT_OBSERVATION,
              Draws.UNIFORMLY,
              Dice::new));

  private static final List<Entry<?>> STREAMED =
      List.of(
          new Entry<>(
              "hybrid-policy-gradient",
              "On-policy learning whose critic also learns from a log.",
              Actions.BOTH,
              HybridPolicyGradient.Config.DEFAULT,
              Yields.POLICY,
              Uses.STEPS_WITH_NEXT_OBSERVATION,
              Draws.HALF_FRESH,
              HybridPolicyGradient::new));

  private Algorithms() {}

  /** All that can learn from a dataset alone, in the order people should read them. */
  public static List<Entry<?>> all() {
    return ALL;
  }

  /** Those that need fresh episodes of the very policy they train, {@link Experience#fresh()}. */
  public static List<Entry<?>> streamed() {
    return STREAMED;
  }

  /** Both, for configs to name. */
  public static Catalogue catalogue() {
    return new Catalogue(List.copyOf(ALL), List.copyOf(STREAMED));
  }

  /** The algorithm of a name among {@link #all()}. */
  public static Optional<Entry<?>> named(String name) {
    return ALL.stream().filter(entry -> entry.name().equals(name)).findFirst();
  }
}
