package dev.hindcast.streaming.learning;

import dev.hindcast.core.artefact.CanonicalJson;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What is written down of one interval: lines of JSON, each an event with its reason in words. */
final class Diary {
  private final Map<String, Object> always = new TreeMap<>();
  private final List<String> lines = new ArrayList<>();

  /**
   * Of an interval.
   *
   * @param number from 1
   */
  Diary(long number, Interval interval, int steps) {
    always.put("interval", number);
    always.put("time", Instant.ofEpochMilli(interval.millis()).toString());
    always.put("episodes", interval.episodes().size());
    always.put("steps", steps);
  }

  /** From now on every line says this too. */
  void note(String figure, Object value) {
    always.put(figure, value);
  }

  /**
   * A line.
   *
   * @param event what happened
   * @param reason why, in words
   */
  void write(String event, String reason, Map<String, Object> more) {
    Map<String, Object> line = new TreeMap<>(always);
    line.putAll(more);
    line.put("event", event);
    line.put("reason", reason);
    lines.add(CanonicalJson.line(line));
  }

  List<String> lines() {
    return List.copyOf(lines);
  }
}
