package dev.hindcast.evaluation.report;

import dev.hindcast.evaluation.running.Alarm;
import dev.hindcast.evaluation.running.EstimateLine;
import dev.hindcast.evaluation.running.EstimateLine.Figures;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Estimates of a stream in words and well-set numbers, for the page; public only for it. */
public final class RunningView {
  private static final String NOTHING = "\u2013";
  private static final int MOST_ROWS = 60;

  private final String name;
  private final List<EstimateLine> lines;
  private final long refreshSeconds;
  private final Map<String, EstimateLine> latest = new LinkedHashMap<>();

  RunningView(String name, List<EstimateLine> lines, long refreshSeconds) {
    this.name = name;
    this.lines = List.copyOf(lines);
    this.refreshSeconds = refreshSeconds;
    String end = lines.get(lines.size() - 1).to();
    lines.stream()
        .filter(line -> line.to().equals(end))
        .forEach(line -> latest.put(line.policy(), line));
  }

  /** What people call the pipeline. */
  public String name() {
    return name;
  }

  /** After how many seconds to look again. */
  public long refreshSeconds() {
    return refreshSeconds;
  }

  /** The latest line of every policy, champion first. */
  public List<EstimateLine> latest() {
    return List.copyOf(latest.values());
  }

  /** What people should know first, in one sentence. */
  public String lead() {
    List<String> raised = new ArrayList<>();
    latest.values().forEach(line -> line.alarms().forEach(alarm -> raised.add(alarm)));
    if (raised.isEmpty()) {
      return "No alarm is raised.";
    }
    return raised.size() == 1 ? "One alarm is raised." : raised.size() + " alarms are raised.";
  }

  /** When the latest window ended. */
  public String until() {
    return time(latest().get(0).to());
  }

  /** When bounds began. */
  public String since() {
    return time(latest().get(0).since());
  }

  /** The policy in charge. */
  public String champion() {
    return latest().get(0).policy();
  }

  /** How bounds are made. */
  public String sequence() {
    return latest().get(0).sequence().equals("asymptotic")
        ? "Asymptotic confidence sequences: as right as the central limit theorem, and not before the first look."
        : "Empirical-Bernstein confidence sequences: exact at every size, for returns in the known range.";
  }

  /** The verdict as a word on a label. */
  public String verdict(EstimateLine line) {
    return switch (line.verdict().orElse("")) {
      case "above-gate" -> "Above its gate";
      case "below-gate" -> "Below its gate";
      case "better" -> "Better";
      case "worse" -> "Worse";
      case "undecided" -> "Undecided";
      default -> "In charge";
    };
  }

  /** How the label looks. */
  public String tone(EstimateLine line) {
    return switch (line.verdict().orElse("")) {
      case "better", "above-gate" -> "promote";
      case "below-gate" -> "not-evaluable";
      default -> "hold";
    };
  }

  /** An alarm's name in words. */
  public String alarm(String alarm) {
    return switch (alarm) {
      case "below-gate" -> "Worth less than its gate.";
      case "overtaken" -> "Better than the champion.";
      case "support-collapsed" -> "The log hardly shows what it would do.";
      case "weights-off" -> "Its mean weight is not 1.";
      default -> alarm;
    };
  }

  /** What began or was over, the latest first. */
  public List<Alarm> changes() {
    List<Alarm> changes = new ArrayList<>();
    lines.forEach(line -> changes.addAll(line.changes()));
    Collections.reverse(changes);
    return changes;
  }

  /** The lines of the table, the latest first. */
  public List<EstimateLine> rows() {
    List<EstimateLine> rows =
        new ArrayList<>(lines.subList(Math.max(0, lines.size() - MOST_ROWS), lines.size()));
    Collections.reverse(rows);
    return rows;
  }

  /** A time to the second. */
  public String time(String iso) {
    return iso.replace('T', ' ').replaceFirst("(\\.\\d+)?Z$", "");
  }

  /** An interval. */
  public String interval(Figures figures) {
    return interval(figures.lower(), figures.upper());
  }

  /** The interval of the difference to the champion. */
  public String difference(EstimateLine line) {
    return line.difference()
        .map(gap -> number(gap.estimate()) + " (" + interval(gap.lower(), gap.upper()) + ")")
        .orElse(NOTHING);
  }

  private String interval(Optional<Double> lower, Optional<Double> upper) {
    return lower.isPresent() && upper.isPresent()
        ? number(lower) + " to " + number(upper)
        : "no interval yet";
  }

  /** A figure with four digits. */
  public String number(Optional<Double> figure) {
    return figure
        .map(
            x ->
                x != 0 && (Math.abs(x) < 1e-4 || Math.abs(x) >= 1e6)
                    ? String.format(Locale.ROOT, "%.2e", x)
                    : String.format(Locale.ROOT, Math.abs(x) < 10 ? "%.4f" : "%,.2f", x))
        .map(text -> text.replace("-", "\u2212"))
        .orElse(NOTHING);
  }

  /** A whole number with separators. */
  public String count(long figure) {
    return String.format(Locale.ROOT, "%,d", figure);
  }

  /** An effective sample size. */
  public String size(Optional<Double> figure) {
    return figure
        .map(x -> String.format(Locale.ROOT, x < 100 ? "%.1f" : "%,.0f", x))
        .orElse(NOTHING);
  }

  /** The page's styles. */
  public String css() {
    return PageParts.css();
  }

  /** The page's own script. */
  public String script() {
    return PageParts.script("running.js");
  }

  /** The chart library. */
  public String echarts() {
    return PageParts.echarts();
  }

  /** What charts draw. */
  public String data() {
    return PageParts.data(lines);
  }

  /** Nothing may be fetched, and no script may run but these two. */
  public String contentSecurityPolicy() {
    return PageParts.contentSecurityPolicy(script());
  }
}
