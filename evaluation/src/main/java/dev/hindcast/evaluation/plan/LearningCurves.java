package dev.hindcast.evaluation.plan;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.policy.BundleManifest;
import dev.hindcast.core.report.EvaluationReport.LearningCurve;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How a bundle's training went, from its {@code metrics.jsonl}: one object a line, with the update
 * count and figures, which may be grouped in objects of their own.
 */
final class LearningCurves {
  private static final String FILE = "metrics.jsonl";
  private static final int MOST_POINTS = 200;
  private static final List<String> COUNTS = List.of("update", "updates", "step");

  private LearningCurves() {}

  /** The curve of a bundle, if it has one. */
  static Optional<LearningCurve> read(Path bundle, BundleManifest manifest) {
    Path file = bundle.resolve(FILE);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      List<String> lines =
          Files.readAllLines(file, StandardCharsets.UTF_8).stream()
              .filter(line -> !line.isBlank())
              .toList();
      return curve(manifest, thinned(lines));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + file + ".", e);
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // a decoration: a bundle without a readable curve is still a bundle
    }
  }

  private static Optional<LearningCurve> curve(BundleManifest manifest, List<String> lines) {
    List<Long> updates = new ArrayList<>();
    Map<String, List<Double>> series = new TreeMap<>();
    for (String line : lines) {
      JsonNode node = CanonicalJson.tree(line.getBytes(StandardCharsets.UTF_8));
      Map<String, Double> figures = new TreeMap<>();
      collect("", node, figures);
      Optional<String> count = COUNTS.stream().filter(figures::containsKey).findFirst();
      if (count.isEmpty()) {
        continue;
      }
      updates.add(Math.round(figures.remove(count.get())));
      figures.forEach(
          (name, value) -> series.computeIfAbsent(name, n -> new ArrayList<>()).add(value));
    }
    series.values().removeIf(values -> values.size() != updates.size());
    return series.isEmpty()
        ? Optional.empty()
        : Optional.of(new LearningCurve(manifest.name(), manifest.algorithm(), updates, series));
  }

  private static void collect(String prefix, JsonNode node, Map<String, Double> figures) {
    node.fields()
        .forEachRemaining(
            field -> {
              if (field.getValue().isObject()) {
                collect(field.getKey() + ".", field.getValue(), figures);
              } else if (field.getValue().isNumber()
                  && Double.isFinite(field.getValue().doubleValue())) {
                figures.put(prefix + field.getKey(), field.getValue().doubleValue());
              }
            });
  }

  /** Evenly spaced lines, the last one among them. */
  private static List<String> thinned(List<String> lines) {
    int every = (lines.size() + MOST_POINTS - 1) / MOST_POINTS;
    List<String> kept = new ArrayList<>();
    for (int i = lines.size() - 1; i >= 0; i -= Math.max(1, every)) {
      kept.add(0, lines.get(i));
    }
    return kept;
  }
}
