package dev.hindcast.serving.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hindcast.core.config.ConfigDocument;
import dev.hindcast.serving.Shop;
import dev.hindcast.serving.registry.Alias;
import dev.hindcast.serving.scorer.ActingMode;
import dev.hindcast.serving.scorer.Behavior;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ServeConfigTest {
  private static ServeConfig read(String yaml) {
    ConfigDocument document = ConfigDocument.parse("shop.yaml", Path.of("/shop"), yaml, List.of());
    ServeConfig config = ServeConfig.from(document.root());
    document.finish();
    return config;
  }

  @Test
  void littleHasToBeSaid() {
    ServeConfig config =
        read(Shop.INGEST + "serve: {bundle: bundles/iql, decisions: {path: events}}\n");
    assertThat(config.bundle()).contains("/shop/bundles/iql");
    assertThat(config.registry()).isEmpty();
    assertThat(config.behavior()).isEqualTo(new Behavior(ActingMode.SAMPLE, 0.05, 0));
    assertThat(config.listening()).isEqualTo(new ServeConfig.Listening("127.0.0.1", 8080, 4, 256));
    assertThat(config.decisions())
        .isEqualTo(new ServeConfig.Files("/shop/events", Duration.ofSeconds(10), 100_000));
    assertThat(config.rewards()).isEmpty();
    assertThat(config.columns().decisionId()).isEqualTo("decision_id");
    assertThat(config.columns().time()).isEqualTo("decided_at");
    assertThat(config.columns().timeUnit()).isEmpty();
    assertThat(config.keepsMissing()).isFalse();
  }

  @Test
  void everyKeyIsRead() {
    ServeConfig config =
        read(
            Shop.INGEST
                + """
                serve:
                  registry: {path: registry, policy: offers, alias: challenger, look-every: 5 s}
                  mode: epsilon
                  epsilon: 0.1
                  seed: 3
                  address: 0.0.0.0
                  port: 9000
                  threads: 2
                  most-waiting: 10
                  decisions: {path: events/d, roll-every: 1 min, roll-lines: 50}
                  rewards: {path: events/r}
                  decision-id: id
                  time: {column: at, unit: milliseconds}
                  columns: [note]
                """);
    assertThat(config.registry())
        .contains(
            new ServeConfig.Source(
                "/shop/registry", "offers", Alias.CHALLENGER, Duration.ofSeconds(5)));
    assertThat(config.behavior()).isEqualTo(new Behavior(ActingMode.EPSILON, 0.1, 3));
    assertThat(config.listening()).isEqualTo(new ServeConfig.Listening("0.0.0.0", 9000, 2, 10));
    assertThat(config.decisions())
        .isEqualTo(new ServeConfig.Files("/shop/events/d", Duration.ofMinutes(1), 50));
    assertThat(config.rewards().orElseThrow().path()).isEqualTo("/shop/events/r");
    assertThat(config.columns().decisionId()).isEqualTo("id");
    assertThat(config.columns().time()).isEqualTo("at");
    assertThat(config.columns().timeUnit()).contains("milliseconds");
    assertThat(config.columns().others()).containsExactly("note");
  }

  @Test
  void whatTheStreamSaysNeedNotBeSaidAgain() {
    ServeConfig config =
        read(
            Shop.INGEST
                + """
                stream:
                  decisions: {path: events/d, follow: 5 s}
                  rewards: {path: events/r}
                  columns: {id: text, visit: text, at: whole, shelf: text}
                  time: {column: at, unit: seconds}
                  decision-id: id
                  output: stream
                serve: {registry: {path: registry}, rewards: {}}
                """);
    assertThat(config.decisions().path()).isEqualTo("/shop/events/d");
    assertThat(config.rewards().map(ServeConfig.Files::path))
        .isEqualTo(Optional.of("/shop/events/r"));
    assertThat(config.columns().decisionId()).isEqualTo("id");
    assertThat(config.columns().timeUnit()).contains("seconds");
    assertThat(config.columns().others()).contains("shelf");
    assertThat(config.registry().orElseThrow().policy()).isEqualTo("shop");
  }

  @Test
  void mistakesAreToldTogether() {
    assertThatThrownBy(
            () ->
                read(
                    Shop.INGEST.replace("  propensity: {probability: p}\n", "")
                        + """
                        serve:
                          bundle: b
                          registry: {path: r}
                          mode: random
                          epsilon: 2
                          port: 70000
                          treads: 2
                          decisions: {path: "hdfs://events"}
                        """))
        .hasMessageContaining("ingest.propensity")
        .hasMessageContaining("needs either bundle, for one that never changes, or registry")
        .hasMessageContaining("serve.mode")
        .hasMessageContaining("epsilon is 2, but must lie in [0, 1]")
        .hasMessageContaining("is 70000, but must lie in [0, 65535]")
        .hasMessageContaining("Unknown key serve.treads")
        .hasMessageContaining("name a local folder");
  }
}
