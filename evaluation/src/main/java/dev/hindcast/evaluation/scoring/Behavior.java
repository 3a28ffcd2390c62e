package dev.hindcast.evaluation.scoring;

import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.policy.Policy;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * Who made a log, where that is known, and how actions are put together. The policies' own
 * probabilities take the place of what the log says.
 *
 * <p>Where several policies made a log of single steps, an action's probability is their average,
 * weighted by how many episodes each has made: the log is as if the mixture had acted (balanced
 * weights; Agarwal, Basu, Schnabel, Joachims 2017). In longer episodes the mixture of episodes is
 * no mixture of steps, and each step counts with the policy that took it.
 */
public final class Behavior implements Serializable {
  private static final long serialVersionUID = 1L;

  /** What the log says of itself. */
  public static final Behavior LOGGED =
      new Behavior(List.of(), -1, List.of(), List.of(), ActionGroups.NONE);

  private final List<Policy> policies;
  private final int label;
  private final List<String> values;
  private final List<Double> shares;
  private final ActionGroups groups;

  private Behavior(
      List<Policy> policies,
      int label,
      List<String> values,
      List<Double> shares,
      ActionGroups groups) {
    this.policies = List.copyOf(policies);
    this.label = label;
    this.values = List.copyOf(values);
    this.shares = List.copyOf(shares);
    this.groups = groups;
  }

  /** One policy made all of it. */
  public static Behavior of(Policy policy) {
    return new Behavior(List.of(policy), -1, List.of(), List.of(), ActionGroups.NONE);
  }

  /**
   * Several did.
   *
   * @param label the place of the label that says which policy made an episode
   * @param values its values
   * @param policies as many
   */
  public static Behavior of(int label, List<String> values, List<Policy> policies) {
    return new Behavior(policies, label, values, List.of(), ActionGroups.NONE);
  }

  /**
   * The same as one policy that mixes all of them, for episodes of one step.
   *
   * @param newShares (policies) the share of the episodes that each has made
   */
  public Behavior mixed(List<Double> newShares) {
    return new Behavior(policies, label, values, newShares, groups);
  }

  /** The same with actions put together. */
  public Behavior grouping(ActionGroups newGroups) {
    return new Behavior(policies, label, values, shares, newGroups);
  }

  /** Whether the policies that acted are known. */
  public boolean isKnown() {
    return !policies.isEmpty();
  }

  /** How actions are put together. */
  public ActionGroups groups() {
    return groups;
  }

  List<Policy> policies() {
    return policies;
  }

  boolean isMixed() {
    return !shares.isEmpty();
  }

  double share(int policy) {
    return shares.get(policy);
  }

  /** (episodes) The place among the policies of the one that made each episode. */
  int[] makers(TransitionColumns columns) {
    int[] makers = new int[columns.episodes()];
    if (label < 0) {
      return makers;
    }
    List<String> unknown = new ArrayList<>();
    for (int e = 0; e < makers.length; e++) {
      makers[e] = values.indexOf(columns.label(e, label));
      if (makers[e] < 0) {
        unknown.add(columns.label(e, label));
      }
    }
    if (!unknown.isEmpty()) {
      throw new IllegalStateException("Nobody is known to have made the episodes of " + unknown);
    }
    return makers;
  }
}
