package dev.hindcast.offlinerl.spark;

import dev.hindcast.core.config.ConfigNode;
import dev.hindcast.core.config.DidYouMean;
import dev.hindcast.core.policy.Pipeline;
import dev.hindcast.core.policy.PolicySpec;
import dev.hindcast.offlinerl.algorithm.Algorithms;
import dev.hindcast.offlinerl.algorithm.Algorithms.Yields;
import dev.hindcast.training.tracking.Tracking;
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
   * @param label what its bundles are called
   * @param family what the entry is called: the algorithm's name unless {@code as} says otherwise;
   *     the points of a sweep share it, and have labels of their own
   * @param algorithm from the catalogue
   * @param options its own settings
   * @param settings those every algorithm has
   * @param of for fitted-Q evaluation: the policies; empty for all that are known
   * @param stopping when points of its sweep are left behind
   */
  public record Plan(
      String label,
      String family,
      Algorithms.Entry<?> algorithm,
      Record options,
      TrainSettings settings,
      List<PolicySpec> of,
      EarlyStopping stopping) {
    /** Copies the list. */
    public Plan {
      of = List.copyOf(of);
    }

    /** Whether it is a point of a sweep. */
    public boolean isSwept() {
      return !label.equals(family);
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
        name.problem(refusal(text));
        if (item.isSection()) {
          item.leaveToOthers();
        }
        continue;
      }
      plans.addAll(plans(item, entry.get(), shared, labels));
    }
    checkPolicies(algorithms, plans, pipeline);
    return new TrainConfig(
        pipeline, plans, Tracking.from(train.section("tracking"), pipeline.name()));
  }

  private static String refusal(String algorithm) {
    if (Algorithms.streamed().stream().anyMatch(entry -> entry.name().equals(algorithm))) {
      return algorithm
          + " needs fresh interactions: each of its iterations learns from new episodes of the very policy it trains, which a dataset does not hold. Train it in a stream; from a dataset alone train another one, such as iql or demonstration-regularized";
    }
    List<String> known = Algorithms.all().stream().map(Algorithms.Entry::name).toList();
    return "there is no algorithm '" + algorithm + "'." + DidYouMean.hint(algorithm, known);
  }

  private static List<Plan> plans(
      ConfigNode item, Algorithms.Entry<?> entry, TrainSettings shared, Set<String> labels) {
    if (!item.isSection()) {
      return named(
          item,
          List.of(
              plan(entry, entry.name(), entry.name(), item, shared, List.of(), EarlyStopping.OFF)),
          labels);
    }
    String family = item.at("as").optionalText().orElse(entry.name());
    if (!PolicySpec.NAME.matcher(family).matches()) {
      item.at("as").problem("'" + family + "' should be letters, digits, '.', '_' or '-'");
    }
    List<PolicySpec> of = new ArrayList<>();
    if (entry.yields() == Yields.Q_FUNCTION) {
      item.at("of").items().forEach(policy -> of.add(PolicySpec.from(policy)));
    }
    // read as it stands even where it is swept: its keys become known, its mistakes are found
    Plan plain = plan(entry, family, family, item, shared, of, EarlyStopping.OFF);
    List<Sweep.Point> points = Sweep.of(item, entry.defaults(), shared, family);
    EarlyStopping stopping = stopping(item, plain, points);
    List<Plan> plans =
        points.isEmpty()
            ? List.of(plain)
            : points.stream()
                .map(
                    point ->
                        plan(
                            entry,
                            family + "-" + point.name(),
                            family,
                            item.with(point.values()),
                            shared,
                            of,
                            stopping))
                .toList();
    return named(item, plans, labels);
  }

  private static EarlyStopping stopping(ConfigNode item, Plan plain, List<Sweep.Point> points) {
    ConfigNode section = item.section("early-stopping");
    EarlyStopping stopping = section.record(EarlyStopping.OFF);
    if (section.isPresent() && (points.isEmpty() || !plain.yieldsPolicy())) {
      section.problem("is for sweeps of policies: say what to try with sweep: {key: [values]}");
    } else if (section.isPresent() && stopping.isOff()) {
      section.problem(
          "needs rungs: shares of the updates after which to compare, such as [0.2, 0.5]");
    } else if (section.isPresent() && !plain.settings().distribution().isWhole()) {
      section.problem("needs runs that are trained whole: set distribution.shards: 1");
    }
    return stopping;
  }

  private static List<Plan> named(ConfigNode item, List<Plan> plans, Set<String> labels) {
    for (Plan plan : plans) {
      if (!labels.add(plan.label())) {
        item.problem("a second '" + plan.label() + "': give one of them another name with as: ...");
      }
    }
    return plans;
  }

  private static Plan plan(
      Algorithms.Entry<?> entry,
      String label,
      String family,
      ConfigNode values,
      TrainSettings shared,
      List<PolicySpec> of,
      EarlyStopping stopping) {
    return values.isSection()
        ? new Plan(
            label,
            family,
            entry,
            values.record(entry.defaults()),
            values.record(shared),
            of,
            stopping)
        : new Plan(label, family, entry, entry.defaults(), shared, of, stopping);
  }

  private static void checkPolicies(ConfigNode algorithms, List<Plan> plans, Pipeline pipeline) {
    Set<String> known = new LinkedHashSet<>();
    known.add("uniform");
    pipeline.policies().forEach(policy -> known.add(policy.name()));
    for (Plan plan : plans) {
      if (plan.yieldsPolicy()) {
        known.add(plan.label());
        known.add(plan.family());
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
