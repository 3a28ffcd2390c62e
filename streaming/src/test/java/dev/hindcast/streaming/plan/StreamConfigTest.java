package dev.hindcast.streaming.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hindcast.streaming.Shops;
import dev.hindcast.streaming.plan.StreamConfig.Format;
import dev.hindcast.streaming.plan.StreamConfig.From;
import dev.hindcast.streaming.plan.StreamConfig.Several;
import dev.hindcast.streaming.row.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class StreamConfigTest {
  private static StreamConfig read(String stream) {
    return Shops.config(Path.of("/shop"), Shops.INGEST + stream);
  }

  @Test
  void absentKeysKeepTheDefaults() {
    StreamConfig config =
        read("stream: {source: {path: events}, columns: {at: time}, time: at, output: out}");
    assertThat(config.decisions().format()).isEqualTo(Format.JSON_LINES);
    assertThat(config.decisions().path()).isEqualTo("/shop/events");
    assertThat(config.decisions().isBounded()).isTrue();
    assertThat(config.rewards()).isEmpty();
    assertThat(config.pace())
        .isEqualTo(
            new StreamConfig.Pace(
                Duration.ofSeconds(10), Duration.ofMinutes(1), Duration.ofMinutes(1)));
    assertThat(config.episodes())
        .isEqualTo(new StreamConfig.Episodes(Duration.ofMinutes(30), Duration.ofHours(1), 10_000));
    assertThat(config.sampling()).isEqualTo(1);
    assertThat(config.output())
        .isEqualTo(
            new StreamConfig.Output("/shop/out", "/shop/out/rows", "/shop/out/dead-letters", 4096));
    assertThat(config.running())
        .isEqualTo(new StreamConfig.Running("/shop/out/checkpoints", Duration.ofMinutes(1), 1, 0));
  }

  @Test
  void everyKeyIsReadFromTheFile() {
    StreamConfig config =
        read(
            """
            stream:
              decisions: {format: kafka, servers: "a:1", topic: d, group: g, from: latest, records: avro, schema: d.avsc, header-bytes: 5, settings: {security.protocol: SSL}}
              rewards: {format: json-lines, path: rewards, follow: 2 s}
              columns: {id: text, at: whole}
              time: {column: at, unit: seconds}
              decision-id: id
              reward: {within: 30 min, otherwise: 0.5, several: sum}
              lateness: 1 s
              idle-after: 2 s
              clock-ahead: 3 s
              close-after: 4 s
              remember: 5 s
              most-rows: 6
              sampling: 20%
              payload-bytes: 7
              output: out
              dead-letters: dead
              checkpoints: check
              checkpoint-every: 8 s
              parallelism: 9
              metrics-port: 9249
            """);
    assertThat(config.decisions().format()).isEqualTo(Format.KAFKA);
    assertThat(config.decisions().from()).isEqualTo(From.LATEST);
    assertThat(config.decisions().settings()).isEqualTo(Map.of("security.protocol", "SSL"));
    assertThat(config.decisions().schema()).hasValue("/shop/d.avsc");
    assertThat(config.decisions().headerBytes()).isEqualTo(5);
    assertThat(config.rewards().orElseThrow().follow()).isEqualTo(Duration.ofSeconds(2));
    assertThat(config.columns()).containsEntry("at", Kind.WHOLE);
    assertThat(config.time().unit()).hasValue(TimeUnit.SECONDS);
    assertThat(config.reward())
        .isEqualTo(
            new StreamConfig.RewardRule(Duration.ofMinutes(30), Optional.of(0.5), Several.SUM));
    assertThat(config.pace())
        .isEqualTo(
            new StreamConfig.Pace(
                Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(3)));
    assertThat(config.episodes())
        .isEqualTo(new StreamConfig.Episodes(Duration.ofSeconds(4), Duration.ofSeconds(5), 6));
    assertThat(config.sampling()).isEqualTo(0.2);
    assertThat(config.output())
        .isEqualTo(new StreamConfig.Output("/shop/out", "/shop/out/rows", "/shop/dead", 7));
    assertThat(config.running())
        .isEqualTo(new StreamConfig.Running("/shop/check", Duration.ofSeconds(8), 9, 9249));
  }

  @Test
  void everyMistakeIsToldAtOnce() {
    assertThatThrownBy(
            () ->
                read(
                    """
                    stream:
                      decisions: {path: d}
                      rewards: {path: r, folow: 1 s}
                      time: {column: at, unit: second}
                      latenes: 1 s
                      sampling: 120%
                      output: out
                    """))
        .hasMessageContaining("stream.decision-id in shop.yaml line 12: is missing")
        .hasMessageContaining("stream.columns in shop.yaml line 12: is missing: JSON does not say")
        .hasMessageContaining("unit in shop.yaml line 14: is 'second'")
        .hasMessageContaining("Did you mean seconds?")
        .hasMessageContaining("is 1.2, but must lie in (0%, 100%]")
        .hasMessageContaining("stream.reward.within")
        .hasMessageContaining(
            "Unknown key stream.rewards.folow in shop.yaml line 13. Did you mean stream.rewards.follow?")
        .hasMessageContaining(
            "Unknown key stream.latenes in shop.yaml line 15. Did you mean stream.lateness?");
    assertThatThrownBy(() -> read("stream: {output: out, time: at, columns: {at: time}}"))
        .hasMessageContaining("needs either source");
    assertThatThrownBy(
            () ->
                Shops.config(
                    Path.of("/shop"),
                    Shops.WHOLE.replace("reward: sold", "reward: sold\n  join: [{path: x}]")))
        .hasMessageContaining("ingest.join")
        .hasMessageContaining("cannot be done in a stream");
  }

  @Test
  void columnsAreLookedForInTheEvents() {
    assertThatThrownBy(() -> Shops.plan(Shops.WHOLE.replace("sold: number", "solt: number")))
        .hasMessageContaining("the log has no column sold. Did you mean solt?");
    assertThatThrownBy(() -> Shops.plan(Shops.WHOLE.replace("time: at", "time: when")))
        .hasMessageContaining("events have no column when");
    assertThatThrownBy(() -> Shops.plan(Shops.WHOLE.replace("at: time}", "at: whole}")))
        .hasMessageContaining("say what they count since 1970");
    assertThatThrownBy(() -> Shops.plan(Shops.WHOLE.replace("age: number", "age: numbers")))
        .hasMessageContaining("stream.dataset is missing: how long the lists of age are");
    assertThatThrownBy(
            () ->
                Shops.plan(
                    Shops.WHOLE
                        .replace("step: step", "order-by: step, gap: 5")
                        .replace("  close-after: 60 s\n", "")))
        .hasMessageContaining("in a stream pauses are measured in at");
  }
}
