package dev.hindcast.offlinerl.training;

import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.offlinerl.algorithm.Losses;
import java.util.Map;
import java.util.TreeMap;

/**
 * The metrics file of a training run: one JSON object a line, each the mean over the updates since
 * the line before. No clock times: equal runs write equal bytes.
 */
public final class Metrics {
  private final StringBuilder lines = new StringBuilder();
  private final Map<String, Double> sums = new TreeMap<>();
  private final Map<String, Double> latest = new TreeMap<>();
  private long count;

  void add(Losses losses) {
    losses.values().forEach((name, value) -> sums.merge(name, value, Double::sum));
    count++;
  }

  /** Ends a line after this many updates in all. */
  void endLine(long updates) {
    latest.clear();
    sums.forEach((name, sum) -> latest.put(name, sum / count));
    Map<String, Object> line = new TreeMap<>(latest);
    line.put("update", updates);
    lines.append(CanonicalJson.line(line)).append('\n');
    sums.clear();
    count = 0;
  }

  /** The file so far. */
  public String text() {
    return lines.toString();
  }

  /** The figures of the last line. */
  public Map<String, Double> latest() {
    return new TreeMap<>(latest);
  }

  /** What a checkpoint keeps. */
  State state() {
    return new State(text(), new TreeMap<>(sums), new TreeMap<>(latest), count);
  }

  void restore(State state) {
    lines.setLength(0);
    lines.append(state.text());
    sums.clear();
    sums.putAll(state.sums());
    latest.clear();
    latest.putAll(state.latest());
    count = state.count();
  }

  record State(String text, Map<String, Double> sums, Map<String, Double> latest, long count) {}
}
