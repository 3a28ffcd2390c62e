package dev.hindcast.ingestion.mapping;

import dev.hindcast.core.config.ConfigNode;
import dev.hindcast.core.data.ActionSpace;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which columns of a log mean what.
 *
 * @param episodeId the column that tells episodes apart
 * @param step the column that numbers the steps of an episode from 0
 * @param orderBy the column that orders the rows of an episode when they are not numbered; with
 *     neither, each row is an episode of its own
 * @param ends what the last row of an episode means when nothing else says so
 * @param observation what is seen before the action
 * @param nextObservation what is seen after it; used for the last step of truncated episodes
 * @param action what was done
 * @param reward what it brought
 * @param terminated the column that says that the world ended the episode with this row
 * @param truncated the column that says that the log or a clock ended it
 * @param propensity the behavior policy's probability of the action
 */
public record FieldMapping(
    Column episodeId,
    Optional<Column> step,
    Optional<Column> orderBy,
    Optional<Ending> ends,
    Observation observation,
    Optional<Observation> nextObservation,
    Action action,
    Column reward,
    Optional<Column> terminated,
    Optional<Column> truncated,
    Optional<Propensity> propensity) {
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
   */
  public static FieldMapping from(ConfigNode ingest) {
    ConfigNode episode = ingest.section("episode");
    Column id = Column.required(episode.at("id"));
    Optional<Column> step = Column.optional(episode.at("step"));
    Optional<Column> orderBy = Column.optional(episode.at("order-by"));
    if (step.isPresent() && orderBy.isPresent()) {
      episode.at("order-by").problem("cannot stand beside step: rows are ordered by one of them");
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
        ends,
        observation,
        next,
        action,
        Column.required(ingest.at("reward")),
        terminated,
        truncated,
        propensity(ingest.section("propensity")));
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

  private static Optional<Propensity> propensity(ConfigNode node) {
    Optional<Column> plain = Column.optional(node.at("probability"));
    Optional<Column> log = Column.optional(node.at("log-probability"));
    boolean estimated = node.at("estimated").flag(false);
    if (node.isPresent() && plain.isPresent() == log.isPresent()) {
      node.problem("needs one of probability and log-probability");
    }
    return plain
        .map(column -> new Propensity(column, Scale.PROBABILITY, estimated))
        .or(() -> log.map(column -> new Propensity(column, Scale.LOG_PROBABILITY, estimated)));
  }
}
