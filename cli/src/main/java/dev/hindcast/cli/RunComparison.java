package dev.hindcast.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.artefact.Provenance;
import dev.hindcast.core.policy.BundleManifest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Bundles side by side. Those that differ in nothing but their seed are one run.
 *
 * @param runs in the order in which their first bundles were given
 * @param differences the settings that are not the same in all runs, by name, each with a text for
 *     every run; {@code -} where a run has no such setting
 */
record RunComparison(List<Run> runs, Map<String, List<String>> differences) {
  private static final String NONE = "-";
  private static final int WIDTH = 110;

  /** Copies the containers. */
  RunComparison {
    runs = List.copyOf(runs);
    differences = new TreeMap<>(differences);
  }

  /**
   * A bundle to compare.
   *
   * @param folder where it lies
   * @param manifest what it says of itself
   */
  record Bundle(String folder, BundleManifest manifest) {}

  /**
   * One or more bundles that differ in nothing but their seed.
   *
   * @param name the bundles' common name, without the seed
   * @param kind {@code policy} or {@code q_function}
   * @param settings all that made it but the seed, by name
   * @param seeds of its bundles
   * @param bundles their folders
   * @param metrics the figures at the end of training, over the seeds
   */
  record Run(
      String name,
      String kind,
      Map<String, String> settings,
      List<Long> seeds,
      List<String> bundles,
      Map<String, Figure> metrics) {
    /** Copies the containers. */
    Run {
      settings = new TreeMap<>(settings);
      seeds = List.copyOf(seeds);
      bundles = List.copyOf(bundles);
      metrics = new TreeMap<>(metrics);
    }
  }

  /**
   * A figure over the seeds of a run.
   *
   * @param mean over the bundles that have it
   * @param standardDeviation of one seed, with the divisor n - 1; absent for one bundle
   * @param count how many bundles have it
   */
  record Figure(double mean, Optional<Double> standardDeviation, int count) {
    static Figure of(List<Double> values) {
      double mean = values.stream().mapToDouble(x -> x).average().orElseThrow();
      double squares = values.stream().mapToDouble(x -> (x - mean) * (x - mean)).sum();
      return new Figure(
          mean,
          values.size() == 1
              ? Optional.empty()
              : Optional.of(Math.sqrt(squares / (values.size() - 1))),
          values.size());
    }

    String inWords() {
      boolean isWhole = mean == Math.rint(mean) && Math.abs(mean) < 1e9; // a count
      return (isWhole
              ? String.format(Locale.ROOT, "%,d", (long) mean)
              : String.format(Locale.ROOT, "%.4g", mean))
          + standardDeviation
              .map(deviation -> String.format(Locale.ROOT, " ± %.2g", deviation))
              .orElse("");
    }
  }

  /** Of these bundles, at least one. */
  static RunComparison of(List<Bundle> bundles) {
    Map<String, List<Bundle>> groups = new LinkedHashMap<>();
    for (Bundle bundle : bundles) {
      String key = name(bundle.manifest()) + settings(bundle.manifest());
      groups.computeIfAbsent(key, k -> new ArrayList<>()).add(bundle);
    }
    List<Run> runs = groups.values().stream().map(RunComparison::run).toList();
    return new RunComparison(runs, differences(runs));
  }

  private static Run run(List<Bundle> bundles) {
    BundleManifest first = bundles.get(0).manifest();
    Map<String, List<Double>> values = new TreeMap<>();
    for (Bundle bundle : bundles) {
      bundle
          .manifest()
          .metrics()
          .forEach(
              (name, value) -> values.computeIfAbsent(name, n -> new ArrayList<>()).add(value));
    }
    Map<String, Figure> metrics = new TreeMap<>();
    values.forEach((name, all) -> metrics.put(name, Figure.of(all)));
    return new Run(
        name(first),
        first.kind(),
        settings(first),
        bundles.stream().map(bundle -> bundle.manifest().provenance().seed()).toList(),
        bundles.stream().map(Bundle::folder).toList(),
        metrics);
  }

  /** The bundle's name without the seed at its end. */
  private static String name(BundleManifest manifest) {
    String ending = "-seed" + manifest.provenance().seed();
    return manifest.name().endsWith(ending)
        ? manifest.name().substring(0, manifest.name().length() - ending.length())
        : manifest.name();
  }

  private static Map<String, String> settings(BundleManifest manifest) {
    Map<String, String> settings = new TreeMap<>();
    flatten("", manifest.provenance().config(), settings);
    Provenance provenance = manifest.provenance();
    provenance.inputs().stream()
        .filter(input -> input.role().equals("dataset"))
        .forEach(
            input ->
                settings.put("dataset", input.name() + " (" + input.fingerprint().brief() + ")"));
    manifest.evaluates().ifPresent(of -> settings.put("values the policy", of.name()));
    settings.put("code", provenance.code().version() + " (" + provenance.code().commit() + ")");
    return settings;
  }

  private static void flatten(String prefix, JsonNode node, Map<String, String> into) {
    node.fields()
        .forEachRemaining(
            field -> {
              JsonNode value = field.getValue();
              String name = prefix + field.getKey().replace('_', '-');
              if (value.isObject()) {
                flatten(name + ".", value, into);
              } else {
                into.put(name, value.isValueNode() ? value.asText() : CanonicalJson.line(value));
              }
            });
  }

  private static Map<String, List<String>> differences(List<Run> runs) {
    Set<String> names = new TreeSet<>();
    runs.forEach(run -> names.addAll(run.settings().keySet()));
    Map<String, List<String>> differences = new TreeMap<>();
    for (String name : names) {
      List<String> texts =
          runs.stream().map(run -> run.settings().getOrDefault(name, NONE)).toList();
      if (texts.stream().distinct().count() > 1) {
        differences.put(name, texts);
      }
    }
    return differences;
  }

  /** A table with a column for each run, in several pieces where they do not fit side by side. */
  String inWords() {
    long bundles = runs.stream().mapToLong(run -> run.bundles().size()).sum();
    StringBuilder text = new StringBuilder();
    text.append(counted(runs.size(), "run")).append(" in ").append(counted(bundles, "bundle"));
    if (runs.size() > 1 && differences.isEmpty()) {
      text.append("; their settings, data and code are the same");
    }
    text.append(".\n");
    List<List<String>> columns = new ArrayList<>();
    for (int i = 0; i < runs.size(); i++) {
      columns.add(column(i));
    }
    List<String> labels = labels();
    int from = 0;
    while (from < columns.size()) {
      int width = width(labels);
      int to = from;
      while (to == from || (to < columns.size() && width + 2 + width(columns.get(to)) <= WIDTH)) {
        width += 2 + width(columns.get(to));
        to++;
      }
      text.append('\n').append(table(labels, columns.subList(from, to)));
      from = to;
    }
    text.append(
        "\nFigures are those at the end of training: mean ± standard deviation over the seeds. Losses say how the fit went, not which policy is better: hindcast evaluate does.");
    return text.toString();
  }

  private List<String> labels() {
    List<String> labels = new ArrayList<>(List.of("run", "seeds"));
    labels.addAll(differences.keySet());
    labels.addAll(metricNames());
    return labels;
  }

  private List<String> column(int i) {
    Run run = runs.get(i);
    List<String> column = new ArrayList<>();
    column.add(run.name());
    column.add(run.seeds().stream().map(String::valueOf).collect(Collectors.joining(", ")));
    differences.values().forEach(texts -> column.add(texts.get(i)));
    metricNames()
        .forEach(
            name ->
                column.add(
                    Optional.ofNullable(run.metrics().get(name))
                        .map(Figure::inWords)
                        .orElse(NONE)));
    return column;
  }

  private Set<String> metricNames() {
    Set<String> names = new TreeSet<>();
    runs.forEach(run -> names.addAll(run.metrics().keySet()));
    return names;
  }

  private static String table(List<String> labels, List<List<String>> columns) {
    StringBuilder text = new StringBuilder();
    for (int row = 0; row < labels.size(); row++) {
      StringBuilder line = new StringBuilder(padded(labels.get(row), width(labels)));
      for (List<String> column : columns) {
        line.append("  ").append(padded(column.get(row), width(column)));
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }

  private static int width(Collection<String> texts) {
    return texts.stream().mapToInt(String::length).max().orElse(0);
  }

  private static String padded(String text, int width) {
    return text + " ".repeat(width - text.length());
  }

  private static String counted(long count, String what) {
    return count + " " + what + (count == 1 ? "" : "s");
  }
}
