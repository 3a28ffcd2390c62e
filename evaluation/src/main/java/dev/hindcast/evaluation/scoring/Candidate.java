package dev.hindcast.evaluation.scoring;

import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.policy.ActionDistribution.Continuous;
import dev.hindcast.core.policy.Policy;
import dev.hindcast.core.policy.QFunction;
import dev.hindcast.core.policy.VisitRatios;
import dev.hindcast.evaluation.states.StateCounts;
import dev.hindcast.evaluation.states.StateModels;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** A target policy as executors need it: how it acts, and the Q-functions that speak of it. */
public final class Candidate implements Serializable {
  private static final long serialVersionUID = 1L;

  private final List<Policy> policy;
  private final List<QFunction> qFunctions;
  private final boolean weighable;
  private final List<StateModels> states;
  private final List<Kernel> kernel;
  private final List<VisitRatios> visitRatios;

  private Candidate(List<Policy> policy, List<QFunction> qFunctions, boolean weighable) {
    this(policy, qFunctions, weighable, List.of(), List.of(), List.of());
  }

  private Candidate(
      List<Policy> policy,
      List<QFunction> qFunctions,
      boolean weighable,
      List<StateModels> states,
      List<Kernel> kernel,
      List<VisitRatios> visitRatios) {
    this.visitRatios = List.copyOf(visitRatios);
    this.weighable = weighable;
    this.states = List.copyOf(states);
    this.kernel = List.copyOf(kernel);
    this.policy = List.copyOf(policy);
    this.qFunctions = List.copyOf(qFunctions);
  }

  /** The behavior policy itself. */
  public static Candidate logged() {
    return new Candidate(List.of(), List.of(), true);
  }

  /** A policy with any number of Q-functions; the values of several are averaged. */
  public static Candidate of(Policy policy, List<QFunction> qFunctions) {
    return new Candidate(List.of(policy), qFunctions, true);
  }

  /** The same of a policy that acts for certain in a box, so that no action has a density. */
  public static Candidate withoutDensity(Policy policy, List<QFunction> qFunctions) {
    return new Candidate(List.of(policy), qFunctions, false);
  }

  /**
   * The same with what the counts of a log's states say of it; the logged policy stays as it is.
   */
  public Candidate among(StateCounts counts) {
    return isLogged()
        ? this
        : new Candidate(
            policy,
            qFunctions,
            weighable,
            List.of(StateModels.of(counts, policy.get(0))),
            kernel,
            visitRatios);
  }

  /** The same with what it does for certain weighed as if a kernel were around it. */
  public Candidate smoothed(Kernel around) {
    return new Candidate(policy, qFunctions, true, states, List.of(around), visitRatios);
  }

  /** What surrounds its certain actions where they are weighed. */
  public Optional<Kernel> kernel() {
    return kernel.stream().findFirst();
  }

  /**
   * (rows) The density of each row's action in a box, by the kernel where there is one.
   *
   * @param actions (rows, dimensions)
   */
  double[] densities(Decisions decisions, float[] actions) {
    Continuous acts = policy.get(0).continuous(decisions);
    float[] centers = kernel.isEmpty() ? new float[0] : acts.modes();
    double[] densities = new double[decisions.size()];
    for (int i = 0; i < densities.length; i++) {
      densities[i] =
          kernel.isEmpty()
              ? Math.exp(acts.logDensity(i, actions))
              : kernel.get(0).density(acts.box(), centers, actions, i);
    }
    return densities;
  }

  /** The same with ratios of its visits to the log's; those of several are averaged. */
  public Candidate visiting(List<VisitRatios> ratios) {
    return new Candidate(policy, qFunctions, weighable, states, kernel, ratios);
  }

  /** Whether there are ratios of its visits to the log's. */
  boolean hasVisitRatios() {
    return !visitRatios.isEmpty();
  }

  /** What a log's states say of it, where they were counted. */
  Optional<StateModels> states() {
    return states.stream().findFirst();
  }

  /** Whether what it does can be weighed against what a log with propensities shows. */
  public boolean isWeighable() {
    return weighable;
  }

  /** How it acts; empty for the behavior policy. */
  Optional<Policy> policy() {
    return policy.stream().findFirst();
  }

  /** Whether it is the behavior policy. */
  public boolean isLogged() {
    return policy.isEmpty();
  }

  /** Whether there is a Q-function. */
  public boolean hasValues() {
    return !qFunctions.isEmpty();
  }

  /** (rows, actions), the mean over the Q-functions. */
  double[] values(Decisions decisions) {
    return mean(qFunctions, q -> q.values(decisions));
  }

  /** (rows), the mean over the Q-functions of the value of an action of a box in each row. */
  double[] values(Decisions decisions, float[] actions) {
    return mean(qFunctions, q -> q.values(decisions, actions));
  }

  /** (rows, actions), the mean over the ratios of visits. */
  double[] visitRatios(Decisions decisions) {
    return mean(visitRatios, ratios -> ratios.ratios(decisions));
  }

  /** (rows), the mean over the ratios of visits of an action of a box in each row. */
  double[] visitRatios(Decisions decisions, float[] actions) {
    return mean(visitRatios, ratios -> ratios.ratios(decisions, actions));
  }

  private static <T> double[] mean(List<T> functions, Function<T, double[]> values) {
    double[] mean = values.apply(functions.get(0)).clone();
    for (int k = 1; k < functions.size(); k++) {
      double[] more = values.apply(functions.get(k));
      for (int i = 0; i < mean.length; i++) {
        mean[i] += (more[i] - mean[i]) / (k + 1);
      }
    }
    return mean;
  }
}
