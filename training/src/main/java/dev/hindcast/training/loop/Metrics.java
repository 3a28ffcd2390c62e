package dev.hindcast.training.loop;

import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.training.learner.Losses;
import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;

/**
 * The metrics file of a training run: one JSON object a line, each figure the mean over those
 * updates since the line before that reported it. No clock times: equal runs write equal bytes.
 */
public final class Metrics {
  private final StringBuilder lines = new StringBuilder();
  private final Map<String, Double> sums = new TreeMap<>();
  private final Map<String, Long> counts = new TreeMap<>();
  private final Map<String, Double> latest = new TreeMap<>();

  void add(Losses losses) {
    losses
        .values()
        .forEach(
            (name, value) -> {
              sums.merge(name, value, Double::sum);
              counts.merge(name, 1L, Long::sum);
            });
  }

  /** Ends a line after this many updates in all. */
  void endLine(long updates) {
    latest.clear();
    sums.forEach((name, sum) -> latest.put(name, sum / counts.get(name)));
    Map<String, Object> line = new TreeMap<>(latest);
    line.put("update", updates);
    lines.append(CanonicalJson.line(line)).append('\n');
    sums.clear();
    counts.clear();
  }

  /** The file so far. */
  public String text() {
    return lines.toString();
  }

  /** The last line, without its line feed; empty when there is none. */
  public String lastLine() {
    int end = Math.max(0, lines.length() - 1);
    return lines.substring(lines.lastIndexOf("\n", end - 1) + 1, end);
  }

  /** The figures of the last line. */
  public Map<String, Double> latest() {
    return new TreeMap<>(latest);
  }

  /** What a checkpoint keeps. */
  State state() {
    return new State(text(), new TreeMap<>(sums), new TreeMap<>(counts), new TreeMap<>(latest));
  }

  void restore(State state) {
    lines.setLength(0);
    lines.append(state.text());
    sums.clear();
    sums.putAll(state.sums());
    latest.clear();
    latest.putAll(state.latest());
    counts.clear();
    counts.putAll(state.counts());
  }

  record State(
      String text, Map<String, Double> sums, Map<String, Long> counts, Map<String, Double> latest)
      implements Serializable {}
}
