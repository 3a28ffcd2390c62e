package dev.hindcast.offlinerl.spark;

import dev.hindcast.core.config.ConfigNode;
import dev.hindcast.core.config.DidYouMean;
import dev.hindcast.core.policy.Pipeline;
import dev.hindcast.core.policy.PolicySpec;
import dev.hindcast.offlinerl.algorithm.Algorithms;
import dev.hindcast.offlinerl.algorithm.Algorithms.Yields;
import dev.hindcast.offlinerl.tracking.Tracking;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The {@code train} section: which algorithms to train, each with its settings.
 *
 * @param pipeline what all sections share
 * @param plans the entries of {@code train.algorithms}
 * @param tracking where runs are recorded, if anywhere
 */
public record TrainConfig(Pipeline pipeline, List<Plan> plans, Optional<Tracking> tracking) {
  /** Copies the list. */
  public TrainConfig {
    plans = List.copyOf(plans);
  }

  /**
   * One entry of {@code train.algorithms}.
   *
   * @param label what its bundles are called; the algorithm's name unless {@code as} says otherwise
   * @param algorithm from the catalogue
   * @param options its own settings
   * @param settings those every algorithm has
   * @param of for fitted-Q evaluation: the policies; empty for all that are known
   */
  public record Plan(
      String label,
      Algorithms.Entry<?> algorithm,
      Record options,
      TrainSettings settings,
      List<PolicySpec> of) {
    /** Copies the list. */
    public Plan {
      of = List.copyOf(of);
    }

    /** Whether it yields policies. */
    public boolean yieldsPolicy() {
      return algorithm.yields() == Yields.POLICY;
    }

    /** What the bundle of a policy is called. */
    String bundleName(int seed) {
      return label + "-seed" + seed;
    }
  }

  /**
   * Reads a whole config's shared keys and {@code train} section; mistakes become problems of the
   * document.
   */
  public static TrainConfig from(ConfigNode root) {
    Pipeline pipeline = Pipeline.from(root);
    ConfigNode train = root.section("train");
    TrainSettings shared = train.record(TrainSettings.DEFAULT);
    ConfigNode algorithms = train.at("algorithms");
    if (algorithms.items().isEmpty()) {
      train.problem("names no algorithms: list some, such as algorithms: [behavior-cloning, iql]");
    }
    List<Plan> plans = new ArrayList<>();
    Set<String> labels = new LinkedHashSet<>();
    for (ConfigNode item : algorithms.items()) {
      ConfigNode name = item.isSection() ? item.at("name") : item;
      String text = name.text();
      var entry = Algorithms.named(text);
      if (entry.isEmpty()) {
        List<String> known = Algorithms.all().stream().map(Algorithms.Entry::name).toList();
        name.problem("there is no algorithm '" + text + "'." + DidYouMean.hint(text, known));
        if (item.isSection()) {
          item.leaveToOthers();
        }
        continue;
      }
      plans.add(plan(item, entry.get(), shared, labels));
    }
    checkPolicies(algorithms, plans, pipeline);
    return new TrainConfig(
        pipeline, plans, Tracking.from(train.section("tracking"), pipeline.name()));
  }

  private static Plan plan(
      ConfigNode item, Algorithms.Entry<?> entry, TrainSettings shared, Set<String> labels) {
    String label = entry.name();
    Record options = entry.defaults();
    TrainSettings settings = shared;
    List<PolicySpec> of = new ArrayList<>();
    if (item.isSection()) {
      label = item.at("as").optionalText().orElse(label);
      if (!PolicySpec.NAME.matcher(label).matches()) {
        item.at("as").problem("'" + label + "' should be letters, digits, '.', '_' or '-'");
      }
      options = item.record(entry.defaults());
      settings = item.record(shared);
      if (entry.yields() == Yields.Q_FUNCTION) {
        item.at("of").items().forEach(policy -> of.add(PolicySpec.from(policy)));
      }
    }
    if (!labels.add(label)) {
      item.problem("a second '" + label + "': give one of them another name with as: ...");
    }
    return new Plan(label, entry, options, settings, of);
  }

  private static void checkPolicies(ConfigNode algorithms, List<Plan> plans, Pipeline pipeline) {
    Set<String> known = new LinkedHashSet<>();
    known.add("uniform");
    pipeline.policies().forEach(policy -> known.add(policy.name()));
    for (Plan plan : plans) {
      if (plan.yieldsPolicy()) {
        known.add(plan.label());
        for (int seed = 0; seed < plan.settings().seeds(); seed++) {
          known.add(plan.bundleName(seed));
        }
      }
    }
    for (Plan plan : plans) {
      for (PolicySpec policy : plan.of()) {
        if (policy instanceof PolicySpec.Logged) {
          algorithms.problem(
              plan.label()
                  + ": logged has no probabilities that its value could be learned for; its returns are in the log");
        } else if (policy instanceof PolicySpec.Named && !known.contains(policy.name())) {
          algorithms.problem(
              plan.label()
                  + ": there is no policy '"
                  + policy.name()
                  + "'."
                  + DidYouMean.hint(policy.name(), known));
        }
      }
    }
  }
}
