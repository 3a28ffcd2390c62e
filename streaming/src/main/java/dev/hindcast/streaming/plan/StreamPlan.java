package dev.hindcast.streaming.plan;

import dev.hindcast.core.config.DidYouMean;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.policy.BundleLoader;
import dev.hindcast.dataset.Dataset;
import dev.hindcast.dataset.columns.TransitionLayout;
import dev.hindcast.evaluation.running.EstimateConfig;
import dev.hindcast.evaluation.running.RunningPlan;
import dev.hindcast.ingestion.check.EpisodeScreening;
import dev.hindcast.ingestion.mapping.Column;
import dev.hindcast.ingestion.mapping.ColumnType;
import dev.hindcast.ingestion.mapping.EventMapper;
import dev.hindcast.ingestion.mapping.LogProfile;
import dev.hindcast.ingestion.mapping.LogSchema;
import dev.hindcast.ingestion.mapping.ResolvedMapping;
import dev.hindcast.ingestion.mapping.Sessionizer;
import dev.hindcast.streaming.plan.StreamConfig.Several;
import dev.hindcast.streaming.row.Kind;
import dev.hindcast.streaming.row.RowColumns;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * All that operators need to know: a config whose columns have been found in the events. Times and
 * spans are in milliseconds.
 *
 * @param columns what rows keep: the mapped columns in the mapping's order, then those that only
 *     the stream needs
 * @param mapping the mapping in them
 * @param space what is seen
 * @param mapper makes events of rows
 * @param sessionizer makes episodes of events
 * @param screening decides about episodes
 * @param timeColumn where the time of an event stands
 * @param timeUnit what it counts
 * @param decisionId where the id of the decision stands; -1 for whole rows
 * @param observed where it stands whether a reward came; -1 for whole rows
 * @param within how long rewards are waited for; 0 for whole rows
 * @param otherwise what unfilled columns of the reward hold; NaN to leave them empty
 * @param several what becomes of several rewards
 * @param closeAfter the pause after which nothing more belongs to an episode
 * @param isOrderedByTime whether what orders rows is the time of events
 * @param remember how long a closed episode is remembered
 * @param mostRows of one episode
 * @param sampling the share of episodes that are kept, in (0, 1]
 * @param lateness how late events may arrive
 * @param idleAfter when a source is idle
 * @param clockAhead how far ahead events may be
 * @param payloadBytes how much of a record dead letters show
 */
public record StreamPlan(
    RowColumns columns,
    ResolvedMapping mapping,
    ObservationSpace space,
    EventMapper mapper,
    Sessionizer sessionizer,
    EpisodeScreening screening,
    int timeColumn,
    TimeUnit timeUnit,
    int decisionId,
    int observed,
    long within,
    double otherwise,
    Several several,
    long closeAfter,
    boolean isOrderedByTime,
    long remember,
    int mostRows,
    double sampling,
    long lateness,
    long idleAfter,
    long clockAhead,
    int payloadBytes)
    implements Serializable {
  /**
   * Finds the config's columns among those of the events.
   *
   * @param events what the events' columns hold, by name
   * @throws UserError (usage) with every column that is missing or of the wrong type
   */
  public static StreamPlan of(StreamConfig config, Map<String, Kind> events) {
    List<String> problems = new ArrayList<>();
    Map<String, ColumnType> types = new LinkedHashMap<>();
    events.forEach((name, kind) -> types.put(name, kind.type()));
    ResolvedMapping mapping = ResolvedMapping.of(config.mapping(), new LogSchema(types), problems);
    Kind timeKind = found(config.time().column(), events, problems);
    TimeUnit unit = unit(config, timeKind, problems);
    config.decisionId().ifPresent(column -> found(column, events, problems));
    fail(problems);

    RowColumns columns =
        new RowColumns(mapping.columns(), mapping.columns().stream().map(events::get).toList());
    String time = config.time().column().name();
    columns = columns.with(time, timeKind);
    if (config.decisionId().isPresent()) {
      String id = config.decisionId().get().name();
      columns = columns.with(id, events.get(id)).with(LogSchema.REWARD_OBSERVED, Kind.FLAG);
    }
    ObservationSpace space = space(config, mapping, problems);
    List<Integer> widths = mapping.widths(space, problems);
    Sessionizer sessionizer = Sessionizer.of(mapping);
    boolean isOrderedByTime =
        mapping.orderBy() != ResolvedMapping.NONE
            && mapping.columns().get(mapping.orderBy()).equals(time);
    if (sessionizer.gap() > 0 && !isOrderedByTime) {
      problems.add(
          "ingest.episode.gap: rows are ordered by "
              + mapping.columns().get(mapping.orderBy())
              + ", but in a stream pauses are measured in "
              + time
              + ", the time of events (stream.time). Order by it.");
    }
    fail(problems);
    return new StreamPlan(
        columns,
        mapping,
        space,
        new EventMapper(mapping, space, widths),
        sessionizer,
        new EpisodeScreening(sessionizer, mapping.actionSpace(), config.checks()),
        columns.place(time),
        unit,
        config.decisionId().map(Column::name).map(columns::place).orElse(-1),
        columns.place(LogSchema.REWARD_OBSERVED),
        config.reward().within().toMillis(),
        config.reward().otherwise().orElse(Double.NaN),
        config.reward().several(),
        sessionizer.gap() > 0
            ? millisUp(unit.toMicros(1) * sessionizer.gap())
            : config.episodes().closeAfter().toMillis(),
        isOrderedByTime,
        config.episodes().remember().toMillis(),
        config.episodes().mostRows(),
        config.sampling(),
        config.pace().lateness().toMillis(),
        config.pace().idleAfter().toMillis(),
        config.pace().clockAhead().toMillis(),
        config.output().payloadBytes());
  }

  /** What is learned from and judged of these events; labels are for reports on datasets. */
  public TransitionLayout layout() {
    return new TransitionLayout(
        space,
        mapping.actionSpace(),
        mapping.hasMask(),
        mapping.hasPropensity(),
        mapping.hasDuration(),
        mapping.hasDemonstration(),
        mapping.rewardComponents(),
        List.of());
  }

  /** Whether only a share of the episodes is kept. */
  public boolean isSampled() {
    return sampling < 1;
  }

  /**
   * Who is judged on its episodes, by what.
   *
   * @throws UserError (usage) when a policy does not fit
   */
  public RunningPlan judging(EstimateConfig estimate, BundleLoader bundles) {
    return RunningPlan.of(
        estimate,
        space,
        mapping.actionSpace(),
        mapping.hasPropensity(),
        sessionizer.ordering() == Sessionizer.Ordering.NONE,
        bundles);
  }

  /** Whether rewards come apart from decisions. */
  public boolean isJoined() {
    return decisionId >= 0;
  }

  /**
   * When a row happened, in milliseconds.
   *
   * @param value what stands in the time's column, not null
   */
  public long millis(Object value) {
    return Math.floorDiv(timeUnit.toMicros(((Number) value).longValue()), 1000L);
  }

  private static long millisUp(long micros) {
    return -Math.floorDiv(-micros, 1000L);
  }

  private static Kind found(Column column, Map<String, Kind> events, List<String> problems) {
    Kind kind = events.get(column.name());
    if (kind == null) {
      problems.add(
          column.where()
              + ": events have no column "
              + column.name()
              + "."
              + DidYouMean.hint(column.name(), events.keySet()));
      return Kind.TIME;
    }
    return kind;
  }

  private static TimeUnit unit(StreamConfig config, Kind kind, List<String> problems) {
    Column column = config.time().column();
    if (kind == Kind.TIME) {
      if (config.time().unit().isPresent()) {
        problems.add(
            column.where() + ": column " + column.name() + " holds times, so it needs no unit.");
      }
      return TimeUnit.MICROSECONDS;
    }
    if (kind != Kind.WHOLE) {
      problems.add(
          column.where()
              + ": column "
              + column.name()
              + " holds "
              + kind.type().inWords()
              + ", but times or whole numbers are needed.");
    } else if (config.time().unit().isEmpty()) {
      problems.add(
          column.where()
              + ": column "
              + column.name()
              + " holds whole numbers: say what they count since 1970, {column: "
              + column.name()
              + ", unit: milliseconds}.");
    }
    return config.time().unit().orElse(TimeUnit.MILLISECONDS);
  }

  /** That of the dataset; without one, what the mapping alone can say. */
  private static ObservationSpace space(
      StreamConfig config, ResolvedMapping mapping, List<String> problems) {
    if (config.dataset().isPresent()) {
      return Dataset.open(config.dataset().get()).manifest().observationSpace();
    }
    List<String> lists =
        mapping.numeric().stream()
            .filter(column -> mapping.types().get(column).isList())
            .map(column -> mapping.columns().get(column))
            .toList();
    if (!lists.isEmpty()) {
      problems.add(
          "stream.dataset is missing: how long the lists of "
              + String.join(", ", lists)
              + " are stands in the dataset that batch made of such events. Ingest a first log.");
      fail(problems);
    }
    return new LogProfile(mapping).observationSpace();
  }

  private static void fail(List<String> problems) {
    if (!problems.isEmpty()) {
      throw UserError.usage(
          "Cannot read the stream"
              + (problems.size() == 1 ? ":" : ", " + problems.size() + " problems:")
              + "\n  "
              + String.join("\n  ", problems));
    }
  }
}
