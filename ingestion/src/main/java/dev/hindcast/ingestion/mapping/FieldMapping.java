package dev.hindcast.ingestion.mapping;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.hindcast.core.config.ConfigNode;
import dev.hindcast.core.config.DidYouMean;
import dev.hindcast.core.data.ActionSpace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Which columns of a log mean what.
 *
 * @param episodeId the columns that together tell episodes apart, at least one
 * @param step the column that numbers the steps of an episode from 0
 * @param orderBy the column that orders the rows of an episode when they are not numbered; with
 *     neither, each row is an episode of its own
 * @param gap the pause after which rows of one id are another episode; only with orderBy
 * @param ends what the last row of an episode means when nothing else says so
 * @param observation what is seen before the action
 * @param nextObservation what is seen after it; used for the last step of truncated episodes
 * @param action what was done
 * @param reward what it brought
 * @param terminated the column that says that the world ended the episode with this row
 * @param truncated the column that says that the log or a clock ended it
 * @param propensity the behavior policy's probability of the action
 * @param demonstration which rows show how to act
 * @param duration the column that says how long a step took
 * @param labels columns that say of what kind an episode is, and that policies do not see
 */
public record FieldMapping(
    List<Column> episodeId,
    Optional<Column> step,
    Optional<Column> orderBy,
    Optional<Gap> gap,
    Optional<Ending> ends,
    Observation observation,
    Optional<Observation> nextObservation,
    Action action,
    Reward reward,
    Optional<Column> terminated,
    Optional<Column> truncated,
    Optional<Propensity> propensity,
    Optional<Demonstration> demonstration,
    Optional<Column> duration,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Column> labels) {
  /** Copies the lists. */
  public FieldMapping {
    labels = List.copyOf(labels);
    episodeId = List.copyOf(episodeId);
  }

  /**
   * The longest pause within an episode.
   *
   * @param amount microseconds where rows are ordered by times, otherwise in the column's own unit
   * @param isTime whether it was given as a span of time
   * @param where the place in the config, for messages
   */
  public record Gap(long amount, boolean isTime, @JsonIgnore String where) {}

  /** What an episode's last row means. */
  public enum Ending {
    /** The world ended the episode: what follows is worth nothing. */
    TERMINATED,
    /** The log or a clock ended it: what follows is worth something unknown. */
    TRUNCATED
  }

  /**
   * Observation columns.
   *
   * @param numeric names or patterns of columns with numbers or lists of numbers
   * @param categorical names or patterns of columns with categories
   * @param mask for next observations: the column with the admissible actions
   */
  public record Observation(List<Column> numeric, List<Column> categorical, Optional<Column> mask) {
    /** Copies the lists. */
    public Observation {
      numeric = List.copyOf(numeric);
      categorical = List.copyOf(categorical);
    }
  }

  /**
   * Action columns.
   *
   * @param columns one column for a discrete action; for a box one column per coordinate, or one
   *     with lists
   * @param space what can be done
   * @param mask the column with the admissible actions: a list of them, or one flag per action
   */
  public record Action(List<Column> columns, ActionSpace space, Optional<Column> mask) {
    /** Copies the list. */
    public Action {
      columns = List.copyOf(columns);
    }
  }

  /**
   * What an action brought: one column, or the weighted sum of several.
   *
   * @param parts the columns; a reward of one column is a single part without a name
   */
  public record Reward(List<Part> parts) {
    /** Copies the list. */
    public Reward {
      parts = List.copyOf(parts);
    }

    /**
     * One column.
     *
     * @param name what the component is called
     * @param column where it stands
     * @param weight what it is multiplied by
     */
    public record Part(String name, Column column, double weight) {}

    /** A reward of one column. */
    static Reward whole(Column column) {
      return new Reward(List.of(new Part("", column, 1)));
    }

    /** Whether it is one column. */
    public boolean isWhole() {
      return parts.size() == 1 && parts.get(0).name().isEmpty();
    }

    /** How provenance shows it: a column, or the components with their weights. */
    @JsonValue
    Object shown() {
      return isWhole() ? parts.get(0).column() : parts;
    }
  }

  /**
   * Which rows are demonstrations.
   *
   * @param column a flag, or where one of the values stands
   * @param values the values that mark a demonstration; empty for a flag
   */
  public record Demonstration(Column column, List<String> values) {
    /** Copies the list. */
    public Demonstration {
      values = List.copyOf(values);
    }
  }

  /**
   * The propensity column.
   *
   * @param column its name
   * @param scale whether it holds probabilities or their natural logarithms
   * @param estimated whether they are estimates rather than what the logger drew from
   */
  public record Propensity(Column column, Scale scale, boolean estimated) {}

  /** How a probability is written. */
  public enum Scale {
    /** As it is. */
    PROBABILITY,
    /** As its natural logarithm. */
    LOG_PROBABILITY
  }

  /**
   * Reads the mapping from the section {@code ingest}; mistakes become problems of the document.
   *
   * @param rewardWeights of the reward's components, by name; without any each weighs 1, otherwise
   *     those that are not named weigh 0
   */
  public static FieldMapping from(ConfigNode ingest, Map<String, Double> rewardWeights) {
    ConfigNode episode = ingest.section("episode");
    List<Column> id =
        episode.at("id").isList()
            ? Column.all(episode.at("id"))
            : List.of(Column.required(episode.at("id")));
    if (id.isEmpty()) {
      episode.at("id").problem("names no column");
    }
    Optional<Column> step = Column.optional(episode.at("step"));
    Optional<Column> orderBy = Column.optional(episode.at("order-by"));
    if (step.isPresent() && orderBy.isPresent()) {
      episode.at("order-by").problem("cannot stand beside step: rows are ordered by one of them");
    }
    Optional<Gap> gap = gap(episode.at("gap"));
    if (gap.isPresent() && orderBy.isEmpty()) {
      episode.at("gap").problem("needs order-by: the column in which the pause is measured");
    }
    Optional<Ending> ends = Optional.ofNullable(episode.at("ends").choice(Ending.class, null));
    Optional<Column> terminated = Column.optional(ingest.at("terminated"));
    Optional<Column> truncated = Column.optional(ingest.at("truncated"));
    if (ends.isEmpty() && terminated.isEmpty() && !episode.at("ends").isPresent()) {
      episode
          .at("ends")
          .problem(
              "is missing: no column is mapped as terminated, so say whether the last row of an episode is terminated or truncated");
    }
    Action action = action(ingest.section("action"));
    Observation observation = observation(ingest.section("observation"));
    Optional<Observation> next =
        ingest.at("next-observation").isPresent()
            ? Optional.of(next(ingest.section("next-observation"), action))
            : Optional.empty();
    return new FieldMapping(
        id,
        step,
        orderBy,
        gap,
        ends,
        observation,
        next,
        action,
        reward(ingest.at("reward"), rewardWeights),
        terminated,
        truncated,
        propensity(ingest.section("propensity"), action),
        demonstration(ingest.at("demonstration")),
        Column.optional(ingest.at("duration")),
        Column.all(ingest.at("labels")));
  }

  private static Optional<Gap> gap(ConfigNode node) {
    boolean isPlain = node.optionalText().map(text -> text.matches("[\\d_]+")).orElse(false);
    if (!node.isPresent()) {
      return Optional.empty();
    }
    long amount =
        isPlain
            ? node.whole(1)
            : TimeUnit.MILLISECONDS.toMicros(node.duration(Duration.ofMillis(1)).toMillis());
    if (amount <= 0) {
      node.problem("is 0, so every row would be an episode of its own: leave order-by out instead");
    }
    return Optional.of(new Gap(amount, !isPlain, node.where()));
  }

  private static Reward reward(ConfigNode node, Map<String, Double> weights) {
    if (!node.isSection()) {
      Reward whole = Reward.whole(Column.required(node));
      if (!weights.isEmpty()) {
        node.problem(
            "is one column, but reward-weights are given: name the columns that they weigh, such as {components: {"
                + weights.keySet().iterator().next()
                + ": column}}");
      }
      return whole;
    }
    ConfigNode components = node.at("components");
    Map<String, Column> columns = new LinkedHashMap<>();
    if (components.isSection()) {
      components.keys().forEach(name -> columns.put(name, Column.required(components.at(name))));
    } else {
      Column.all(components).forEach(column -> columns.put(column.name(), column));
    }
    if (columns.isEmpty()) {
      node.problem("names no components: give {components: {name: column}} or one column");
    }
    for (String name : weights.keySet()) {
      if (!columns.containsKey(name)) {
        node.problem(
            "has no component "
                + name
                + ", which reward-weights name."
                + DidYouMean.hint(name, columns.keySet()));
      }
    }
    List<Reward.Part> parts = new ArrayList<>();
    columns.forEach(
        (name, column) ->
            parts.add(
                new Reward.Part(
                    name, column, weights.isEmpty() ? 1 : weights.getOrDefault(name, 0.0))));
    return new Reward(parts);
  }

  private static Optional<Demonstration> demonstration(ConfigNode node) {
    if (!node.isSection()) {
      return Column.optional(node).map(column -> new Demonstration(column, List.of()));
    }
    Column column = Column.required(node.at("column"));
    List<String> values = node.at("equals").texts();
    if (values.isEmpty()) {
      node.problem("needs equals: the value, or list of values, that marks a demonstration");
    }
    return Optional.of(new Demonstration(column, values));
  }

  private static Observation observation(ConfigNode node) {
    Observation observation =
        new Observation(
            Column.all(node.at("numeric")), Column.all(node.at("categorical")), Optional.empty());
    if (observation.numeric().isEmpty() && observation.categorical().isEmpty()) {
      node.problem("names no columns: give numeric or categorical ones");
    }
    return observation;
  }

  private static Observation next(ConfigNode node, Action action) {
    Optional<Column> mask = Column.optional(node.at("mask"));
    if (mask.isPresent() != action.mask().isPresent()) {
      node.problem(
          mask.isPresent()
              ? "has a mask, but ingest.action has none"
              : "needs a mask, as ingest.action has one");
    }
    return new Observation(
        Column.all(node.at("numeric")), Column.all(node.at("categorical")), mask);
  }

  private static Action action(ConfigNode node) {
    boolean isBox = node.has("box");
    if (isBox == node.has("discrete")) {
      node.at("discrete");
      node.at("box");
      node.at("size");
      node.at("mask");
      node.at("low");
      node.at("high");
      node.problem(
          isBox
              ? "cannot be both discrete and a box"
              : "is missing what it is: {discrete: column, size: n} or {box: [columns], low: [...], high: [...]}");
      return new Action(List.of(), new ActionSpace.Discrete(1), Optional.empty());
    }
    return isBox ? box(node) : discrete(node);
  }

  private static Action discrete(ConfigNode node) {
    Column column = Column.required(node.at("discrete"));
    node.at("size").text();
    int size = node.at("size").integer(1);
    ActionSpace space =
        node.at("size")
            .checked(() -> (ActionSpace) new ActionSpace.Discrete(size))
            .orElse(new ActionSpace.Discrete(1));
    return new Action(List.of(column), space, Column.optional(node.at("mask")));
  }

  private static Action box(ConfigNode node) {
    ActionSpace space =
        node.checked(
                () ->
                    (ActionSpace)
                        new ActionSpace.Box(numbers(node.at("low")), numbers(node.at("high"))))
            .orElse(new ActionSpace.Discrete(1));
    if (node.at("mask").isPresent()) {
      node.at("mask").problem("is for discrete actions only");
    }
    return new Action(Column.all(node.at("box")), space, Optional.empty());
  }

  private static List<Float> numbers(ConfigNode node) {
    List<Float> numbers = new ArrayList<>();
    node.items().forEach(item -> numbers.add((float) item.number(0)));
    return numbers;
  }

  private static Optional<Propensity> propensity(ConfigNode node, Action action) {
    boolean isBox = action.space() instanceof ActionSpace.Box;
    String word = isBox ? "density" : "probability";
    String other = isBox ? "probability" : "density";
    Optional<Column> plain = Column.optional(node.at(word));
    Optional<Column> log = Column.optional(node.at("log-" + word));
    boolean estimated = node.at("estimated").flag(false);
    for (String wrong : List.of(other, "log-" + other)) {
      if (node.at(wrong).isPresent()) {
        node.at(wrong)
            .problem(
                isBox
                    ? "is for discrete actions: actions in a box have a density"
                    : "is for actions in a box: discrete actions have a probability");
        return Optional.empty();
      }
    }
    if (node.isPresent() && plain.isPresent() == log.isPresent()) {
      node.problem("needs one of " + word + " and log-" + word);
    }
    return plain
        .map(column -> new Propensity(column, Scale.PROBABILITY, estimated))
        .or(() -> log.map(column -> new Propensity(column, Scale.LOG_PROBABILITY, estimated)));
  }
}
