package dev.hindcast.benchmarks;

import dev.hindcast.core.policy.Policy;
import dev.hindcast.core.policy.UniformPolicy;
import dev.hindcast.core.world.DiscreteWorld.Acting;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What policies earned in a world, by algorithm. Entry i of every policy belongs to the same
 * episode, customer or layout, so differences are taken entry by entry.
 */
final class ScoreTable {
  private final SimulatedWorld world;
  private final String yardstick;
  private final Map<String, Group> groups = new TreeMap<>();

  /** The seeds of one algorithm: for each, what it earned by its modes and by draws. */
  private record Group(String algorithm, List<double[]> modes, List<double[]> draws) {
    /** (entries) The mean over seeds. */
    double[] entries() {
      return IntStream.range(0, modes.get(0).length)
          .mapToDouble(i -> modes.stream().mapToDouble(seed -> seed[i]).average().orElseThrow())
          .toArray();
    }

    double[] seeds() {
      return modes.stream().mapToDouble(ScoreTable::mean).toArray();
    }

    double mean() {
      return ScoreTable.mean(seeds());
    }
  }

  ScoreTable(SimulatedWorld world, String yardstick) {
    this.world = world;
    this.yardstick = yardstick;
  }

  /** Adds a policy by its bundle's name: {@code ALGORITHM-seedN}. */
  void add(String bundle, double[] modes, double[] draws) {
    String algorithm = bundle.replaceFirst("-seed\\d+$", "");
    Group group =
        groups.computeIfAbsent(
            algorithm, name -> new Group(name, new ArrayList<>(), new ArrayList<>()));
    group.modes().add(modes);
    group.draws().add(draws);
  }

  String markdown() {
    Optional<double[]> optimum =
        world.optimum().map(best -> world.scoring().earned(best, Acting.MODE));
    List<String> lines = new ArrayList<>();
    lines.add(
        "| algorithm | earned | s.e. over seeds | s.e. over entries | below the optimum (s.e.) | above "
            + yardstick
            + " (s.e.) | earned by draws | seeds |");
    lines.add("|---|---:|---:|---:|---:|---:|---:|---|");
    groups.values().stream()
        .sorted(Comparator.comparingDouble(Group::mean).reversed())
        .forEach(group -> lines.add(row(group, optimum)));
    lines.add("");
    lines.add(world.name() + ": " + world.scoring().inWords() + ". " + yardsticks(optimum));
    return String.join("\n", lines) + "\n";
  }

  private String row(Group group, Optional<double[]> optimum) {
    double[] seeds = group.seeds();
    double[] entries = group.entries();
    String below =
        optimum
            .map(best -> difference(best, entries))
            .map(off -> figure(mean(off)) + " (" + figure(error(off)) + ")")
            .orElse("");
    Group other = groups.get(yardstick);
    String above = other == null || group.algorithm().equals(yardstick) ? "" : above(group, other);
    double drawn = group.draws().stream().mapToDouble(ScoreTable::mean).average().orElseThrow();
    return "| "
        + String.join(
            " | ",
            group.algorithm(),
            figure(group.mean()),
            figure(error(seeds)),
            figure(error(entries)),
            below,
            above,
            figure(drawn),
            Arrays.stream(seeds).mapToObj(ScoreTable::figure).collect(Collectors.joining(", ")))
        + " |";
  }

  /** Seeds differ, and so do entries; both count. */
  private static String above(Group group, Group other) {
    double[] off = difference(group.entries(), other.entries());
    double seeds = Math.hypot(known(error(group.seeds())), known(error(other.seeds())));
    return figure(mean(off)) + " (" + figure(Math.hypot(seeds, error(off))) + ")";
  }

  private String yardsticks(Optional<double[]> optimum) {
    StringBuilder words = new StringBuilder();
    optimum.ifPresent(best -> words.append("Optimum ").append(figure(mean(best))).append(". "));
    List<Policy> behaviors = world.world().behaviors();
    words.append("Policies that made the log, by draws: ");
    words.append(
        behaviors.stream()
            .map(policy -> figure(world.meanEarned(policy)))
            .collect(Collectors.joining(", ")));
    int actions = world.world().actionSpace().size();
    words.append("; uniform ").append(figure(world.meanEarned(new UniformPolicy(actions))));
    return words.append(".").toString();
  }

  private static double[] difference(double[] left, double[] right) {
    return IntStream.range(0, left.length).mapToDouble(i -> left[i] - right[i]).toArray();
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElseThrow();
  }

  /** The standard error of the mean; NaN for a single value. */
  private static double error(double[] values) {
    double mean = mean(values);
    double square = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
    return values.length < 2
        ? Double.NaN
        : Math.sqrt(square / (values.length - 1.0) / values.length);
  }

  private static double known(double error) {
    return Double.isNaN(error) ? 0 : error;
  }

  private static String figure(double value) {
    return Double.isNaN(value)
        ? "–"
        : String.format(Locale.ROOT, Math.abs(value) < 10 ? "%.4f" : "%.2f", value);
  }
}
