package dev.hindcast.streaming;

import dev.hindcast.core.config.ConfigDocument;
import dev.hindcast.streaming.plan.StreamConfig;
import dev.hindcast.streaming.plan.StreamPlan;
import dev.hindcast.streaming.row.EventRow;
import java.nio.file.Path;
import java.util.List;

/** A shop that shows one of three offers at each step of a visit, and learns later if it sold. */
public final class Shops {
  /** What batch knows of it. */
  public static final String INGEST =
      """
      name: shop
      ingest:
        source: {format: json, path: events}
        episode: {id: visit, step: step}
        observation: {numeric: [age, spent]}
        action: {discrete: offer, size: 3}
        reward: sold
        terminated: left
        propensity: {probability: p}
        checks: {invalid-propensity: {at-most: 50%}}
      """;

  /** The columns of its events. */
  public static final String COLUMNS =
      "{id: text, visit: text, step: whole, age: number, spent: number, offer: whole, p: number, left: flag, sold: number, at: time}";

  /** Decisions and rewards come apart. */
  public static final String JOINED =
      INGEST
          + """
          stream:
            decisions: {path: decisions}
            rewards: {path: rewards}
            columns: %s
            time: at
            decision-id: id
            reward: {within: 20 s, otherwise: 0}
            lateness: 5 s
            close-after: 60 s
            remember: 10 min
            output: out
          """
              .formatted(COLUMNS);

  /** Events have their rewards. */
  public static final String WHOLE =
      INGEST
          + """
          stream:
            source: {path: events}
            columns: %s
            time: at
            lateness: 5 s
            close-after: 60 s
            remember: 10 min
            output: out
          """
              .formatted(COLUMNS);

  private Shops() {}

  /** A config from its text. */
  public static StreamConfig config(Path folder, String yaml, String... overrides) {
    ConfigDocument document = ConfigDocument.parse("shop.yaml", folder, yaml, List.of(overrides));
    StreamConfig config = StreamConfig.from(document.root());
    document.finish();
    return config;
  }

  /** What its operators know. */
  public static StreamPlan plan(String yaml, String... overrides) {
    StreamConfig config = config(Path.of("/shop"), yaml, overrides);
    return StreamPlan.of(config, config.columns());
  }

  /** One step of a visit; null for what is not known. */
  public record Step(
      String id,
      String visit,
      Long step,
      Double age,
      Long offer,
      Double p,
      Boolean left,
      Double sold,
      long millis) {
    /** A sound one. */
    public static Step of(String visit, long step, long millis) {
      return new Step(
          visit + "-" + step, visit, step, 30.0 + step, step % 3, 0.5, false, 1.0, millis);
    }

    /** The last of its visit. */
    public Step last() {
      return new Step(id, visit, step, age, offer, p, true, sold, millis);
    }

    /** With another probability. */
    public Step withP(double probability) {
      return new Step(id, visit, step, age, offer, probability, left, sold, millis);
    }

    /** Showing another offer. */
    public Step withOffer(long shown) {
      return new Step(id, visit, step, age, shown, p, left, sold, millis);
    }

    /** With another reward. */
    public Step selling(Double amount) {
      return new Step(id, visit, step, age, offer, p, left, amount, millis);
    }

    /** At another time. */
    public Step at(long time) {
      return new Step(id, visit, step, age, offer, p, left, sold, time);
    }

    /** As a row of a stream. */
    public EventRow row(StreamPlan plan) {
      return row(plan, millis, sold, true);
    }

    /** Its decision alone. */
    public EventRow decision(StreamPlan plan) {
      return row(plan, millis, null, true);
    }

    /** Its reward alone. */
    public EventRow reward(StreamPlan plan, long happened) {
      return row(plan, happened, sold, false);
    }

    /** Its decision as a line of JSON, with the time in milliseconds. */
    public String decisionJson() {
      return "{\"id\": \"%s\", \"visit\": \"%s\", \"step\": %d, \"age\": %s, \"spent\": 0.0, \"offer\": %d, \"p\": %s, \"left\": %b, \"at\": %d}"
          .formatted(id, visit, step, age, offer, p, left, millis);
    }

    /** The decision with its reward as a line of JSON, with the time in milliseconds. */
    public String wholeJson() {
      return decisionJson().replaceFirst("\\}$", ", \"sold\": " + sold + "}");
    }

    /** Its reward as a line of JSON, with the time in milliseconds. */
    public String rewardJson(long happened) {
      return "{\"id\": \"%s\", \"sold\": %s, \"at\": %d}".formatted(id, sold, happened);
    }

    private EventRow row(StreamPlan plan, long time, Double reward, boolean isDecision) {
      Object[] values = new Object[plan.columns().size()];
      for (int i = 0; i < values.length; i++) {
        String name = plan.columns().names().get(i);
        values[i] =
            switch (name) {
              case "id" -> id;
              case "at" -> time * 1000;
              case "sold" -> reward;
              default -> isDecision ? ofDecision(name) : null;
            };
      }
      return new EventRow(time, "test", 0, values);
    }

    private Object ofDecision(String name) {
      return switch (name) {
        case "visit" -> visit;
        case "step" -> step;
        case "age" -> age;
        case "spent" -> 0.0;
        case "offer" -> offer;
        case "p" -> p;
        case "left" -> left;
        default -> null;
      };
    }
  }
}
