package dev.hindcast.training.spark;

import dev.hindcast.core.artefact.StableHash;
import dev.hindcast.core.config.ConfigNode;
import dev.hindcast.core.config.DidYouMean;
import dev.hindcast.training.algorithm.Algorithm;
import dev.hindcast.training.algorithm.TrainSettings;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The points of a sweep: an entry of {@code train.algorithms} that is to be trained with several
 * values of its settings. Points depend on the config alone, so a run that is started again finds
 * its bundles.
 *
 * <pre>
 * sweep: {expectile: [0.7, 0.9], inverse-temperature: {log-uniform: [1, 100]}}
 * search: {random: 12}
 * </pre>
 */
final class Sweep {
  private static final int MOST_POINTS = 1_000;
  private static final MathContext THREE_DIGITS = new MathContext(3);

  private final ConfigNode item;
  private final String family;
  private final Map<String, Class<?>> types = new LinkedHashMap<>();
  private final Map<String, ConfigNode> ranges = new LinkedHashMap<>();

  /**
   * One point.
   *
   * @param name its values in the order of the config, as names of bundles have them
   * @param values by key
   */
  record Point(String name, Map<String, ConfigNode> values) {}

  private Sweep(ConfigNode item, Algorithm algorithm, TrainSettings settings, String family) {
    this.item = item;
    this.family = family;
    types.putAll(ConfigNode.keysOf(settings));
    types.keySet().removeAll(algorithm.ignored().keySet());
    types.putAll(ConfigNode.keysOf(algorithm.defaults()));
    types.remove("seeds");
    types.remove("distribution");
  }

  /** The points of an entry; none when it sweeps nothing. Mistakes become problems. */
  static List<Point> of(
      ConfigNode item, Algorithm algorithm, TrainSettings settings, String family) {
    return new Sweep(item, algorithm, settings, family).points();
  }

  private List<Point> points() {
    ConfigNode sweep = item.section("sweep");
    ConfigNode search = item.at("search");
    if (!sweep.isPresent()) {
      if (search.isPresent()) {
        search.problem("there is nothing to search: say what with sweep: {key: [values]}");
        search.leaveToOthers();
      }
      return List.of();
    }
    for (String key : sweep.keys()) {
      ConfigNode range = sweep.at(key);
      if (!types.containsKey(key)) {
        range.problem(
            key.equals("seeds")
                ? "is no setting to choose by its result; every point is trained with all seeds"
                : "'"
                    + key
                    + "' is no setting of this entry."
                    + DidYouMean.hint(key, types.keySet()));
        range.leaveToOthers();
      } else if (item.has(key)) {
        range.problem("the entry sets " + key + " beside the sweep. Keep one of the two");
      } else {
        ranges.put(key, range);
      }
    }
    if (ranges.isEmpty()) {
      sweep.problem("names no setting with values to try");
    }
    return search.isSection() ? random(search) : grid(search);
  }

  private List<Point> grid(ConfigNode search) {
    search
        .optionalText()
        .filter(text -> !text.equals("grid"))
        .ifPresent(text -> search.problem("is '" + text + "', but should be grid or {random: 12}"));
    List<Map<String, ConfigNode>> points = new ArrayList<>();
    points.add(Map.of());
    for (Map.Entry<String, ConfigNode> range : ranges.entrySet()) {
      List<ConfigNode> values = values(range.getValue());
      if (range.getValue().isSection()) {
        range.getValue().problem("a grid needs a list of values; ranges need search: {random: 12}");
        range.getValue().leaveToOthers();
      }
      if ((long) points.size() * values.size() > MOST_POINTS) {
        item.at("sweep").problem("makes more than " + MOST_POINTS + " points");
        return List.of();
      }
      List<Map<String, ConfigNode>> longer = new ArrayList<>();
      for (Map<String, ConfigNode> point : points) {
        for (ConfigNode value : values) {
          Map<String, ConfigNode> next = new LinkedHashMap<>(point);
          next.put(range.getKey(), value);
          longer.add(next);
        }
      }
      points = longer;
    }
    return ranges.isEmpty() ? List.of() : points.stream().map(Sweep::point).toList();
  }

  private List<Point> random(ConfigNode search) {
    int wanted = search.at("random").integer(0);
    long seed = search.at("seed").whole(0);
    if (wanted < 1 || wanted > MOST_POINTS) {
      search.problem("random: should be the number of points to draw, from 1 to " + MOST_POINTS);
      return List.of();
    }
    Map<String, Point> points = new LinkedHashMap<>();
    // a point drawn twice is drawn again, as long as there may be others
    for (int draw = 0; points.size() < wanted && draw < 10 * wanted; draw++) {
      Map<String, ConfigNode> values = new LinkedHashMap<>();
      for (Map.Entry<String, ConfigNode> range : ranges.entrySet()) {
        long key = StableHash.combine(seed, StableHash.of(family + " " + range.getKey()));
        drawn(range.getKey(), range.getValue(), StableHash.uniform(key, draw))
            .forEach(value -> values.put(range.getKey(), value));
      }
      if (values.isEmpty() || values.size() < ranges.size()) {
        return List.of();
      }
      Point point = point(values);
      points.putIfAbsent(point.name(), point);
    }
    return List.copyOf(points.values());
  }

  /** The value at a uniform number in [0, 1); none, and a problem, where there is no range. */
  private List<ConfigNode> drawn(String key, ConfigNode range, double uniform) {
    if (!range.isSection()) {
      List<ConfigNode> values = values(range);
      return values.isEmpty() ? values : List.of(values.get((int) (uniform * values.size())));
    }
    Set<String> kinds = new LinkedHashSet<>(List.of("uniform", "log-uniform"));
    kinds.retainAll(range.keys());
    if (kinds.size() != 1) {
      range.problem("should be a list of values, {uniform: [a, b]} or {log-uniform: [a, b]}");
      range.leaveToOthers();
      return List.of();
    }
    String kind = kinds.iterator().next();
    List<Double> ends = range.at(kind).items().stream().map(end -> end.number(Double.NaN)).toList();
    boolean isLog = kind.equals("log-uniform");
    if (ends.size() != 2 || !(ends.get(0) < ends.get(1)) || (isLog && ends.get(0) <= 0)) {
      range
          .at(kind)
          .problem("should be two numbers, the lower one first" + (isLog ? ", both above 0" : ""));
      return List.of();
    }
    double low = isLog ? Math.log(ends.get(0)) : ends.get(0);
    double high = isLog ? Math.log(ends.get(1)) : ends.get(1);
    double value = low + uniform * (high - low);
    return List.of(range.standIn(rounded(isLog ? Math.exp(value) : value, types.get(key))));
  }

  /** To three digits, which the name of the bundle then gives in full. */
  private static String rounded(double value, Class<?> type) {
    boolean isWhole = type == int.class || type == long.class;
    BigDecimal rounded = BigDecimal.valueOf(isWhole ? Math.rint(value) : value);
    return (isWhole ? rounded.setScale(0) : rounded.round(THREE_DIGITS))
        .stripTrailingZeros()
        .toPlainString();
  }

  /** What a list holds; a list in it is one value. */
  private static List<ConfigNode> values(ConfigNode range) {
    return range.isSection() ? List.of() : range.items();
  }

  private static Point point(Map<String, ConfigNode> values) {
    Set<String> parts = new LinkedHashSet<>();
    values.forEach(
        (key, value) ->
            parts.add(
                key + "-" + String.join("x", value.texts()).replaceAll("[^A-Za-z0-9._-]", "_")));
    return new Point(String.join("-", parts), values);
  }
}
