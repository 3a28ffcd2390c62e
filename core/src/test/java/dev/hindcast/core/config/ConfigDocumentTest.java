package dev.hindcast.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConfigDocumentTest {
  enum Device {
    AUTO,
    CPU
  }

  record Settings(double expectile, int batchSize, Device device, List<Integer> hidden) {
    static final Settings DEFAULT = new Settings(0.7, 256, Device.AUTO, List.of(128, 128));

    Settings {
      Require.halfOpen("expectile", expectile, 0.5, 1);
    }
  }

  private static ConfigDocument parse(String yaml, String... overrides) {
    return ConfigDocument.parse("train.yaml", Path.of("/pipelines"), yaml, List.of(overrides));
  }

  @Test
  void absentKeysKeepTheDefaults() {
    ConfigDocument document = parse("");
    assertThat(document.root().section("algorithm").record(Settings.DEFAULT))
        .isEqualTo(Settings.DEFAULT);
    document.finish();
  }

  @Test
  void everyKeyIsReadFromTheFile() {
    ConfigDocument document =
        parse("algorithm: {expectile: 0.9, batch-size: 32, device: cpu, hidden: [8, 4]}");
    Settings settings = document.root().section("algorithm").record(Settings.DEFAULT);
    document.finish();
    assertThat(settings).isEqualTo(new Settings(0.9, 32, Device.CPU, List.of(8, 4)));
  }

  @Test
  void unknownKeyIsNamedWithItsLineAndItsNearestNeighbour() {
    ConfigDocument document = parse("name: x\nalgorithm:\n  batch-size: 4\n  expectle: 0.8\n");
    document.root().at("name").text();
    document.root().section("algorithm").record(Settings.DEFAULT);
    assertThatThrownBy(document::finish)
        .isInstanceOf(UserError.class)
        .hasMessageContaining(
            "Unknown key algorithm.expectle in train.yaml line 4. Did you mean algorithm.expectile?");
  }

  @Test
  void allProblemsAreReportedAtOnce() {
    ConfigDocument document =
        parse("algorithm:\n  expectile: high\n  batch-size: 2.5\n  device: gpux\n  colour: red\n");
    document.root().section("algorithm").record(Settings.DEFAULT);
    document.root().at("name").text();
    assertThatThrownBy(document::finish)
        .hasMessageContaining("5 problems")
        .hasMessageContaining(
            "algorithm.expectile in train.yaml line 2: is 'high', but should be a number.")
        .hasMessageContaining(
            "algorithm.batch-size in train.yaml line 3: is '2.5', but should be a whole number.")
        .hasMessageContaining(
            "algorithm.device in train.yaml line 4: is 'gpux', but should be one of auto, cpu.")
        .hasMessageContaining("name is missing")
        .hasMessageContaining("Unknown key algorithm.colour in train.yaml line 5.");
  }

  @Test
  void aRecordsOwnCheckBecomesAProblemOfItsSection() {
    ConfigDocument document = parse("algorithm:\n  expectile: 1.5\n");
    document.root().section("algorithm").record(Settings.DEFAULT);
    assertThatThrownBy(document::finish)
        .hasMessageContaining(
            "algorithm in train.yaml line 2: expectile is 1.5, but must lie in [0.5, 1).");
  }

  @Test
  void overridesReplaceAndAddValuesAndAreNamedInMessages() {
    ConfigDocument document =
        parse(
            "algorithms: [{expectile: 0.6}]\n", "algorithms.0.expectile=0.8", "extra.batch-size=7");
    Settings first = document.root().at("algorithms").items().get(0).record(Settings.DEFAULT);
    Settings extra = document.root().section("extra").record(Settings.DEFAULT);
    document.finish();
    assertThat(first.expectile()).isEqualTo(0.8);
    assertThat(extra.batchSize()).isEqualTo(7);

    ConfigDocument wrong = parse("a: {}", "a.expectile=much");
    wrong.root().section("a").record(Settings.DEFAULT);
    assertThatThrownBy(wrong::finish)
        .hasMessageContaining("--set a.expectile=much")
        .hasMessageContaining("'much'");
    assertThatThrownBy(() -> parse("a: 1", "a.b=2"))
        .hasMessageContaining("nothing can be set inside it");
    assertThatThrownBy(() -> parse("a: [1]", "a.3=2"))
        .hasMessageContaining("not a place in a list of 1");
    assertThatThrownBy(() -> parse("", "novalue")).hasMessageContaining("section.key=value");
  }

  @Test
  void brokenYamlIsAUsageErrorWithItsLine() {
    assertThatThrownBy(() -> parse("a: 1\nb: [1, 2\nc: 3\n"))
        .isInstanceOfSatisfying(
            UserError.class, e -> assertThat(e.kind()).isEqualTo(UserError.Kind.USAGE))
        .hasMessageContaining("Cannot read train.yaml line");
    assertThatThrownBy(() -> parse("- 1\n- 2\n")).hasMessageContaining("at its top level");
    assertThatThrownBy(() -> parse("a: 1\nb: 2\na: 3\n"))
        .hasMessageContaining("key a stands twice, the second time in train.yaml line 3");
  }

  @Test
  void pathsAreRelativeToTheConfig() {
    ConfigDocument document = parse("a: logs/x.parquet\nb: /data/x.parquet\nc: s3://bucket/x\n");
    assertThat(document.root().at("a").filePath()).isEqualTo("/pipelines/logs/x.parquet");
    assertThat(document.root().at("b").filePath()).isEqualTo("/data/x.parquet");
    assertThat(document.root().at("c").filePath()).isEqualTo("s3://bucket/x");
  }

  @Test
  void spansOfTimeHaveAUnit() {
    ConfigDocument document = parse("gap: 30 min\nlateness: 250ms\n");
    assertThat(document.root().at("gap").duration(Duration.ZERO)).isEqualTo(Duration.ofMinutes(30));
    assertThat(document.root().at("lateness").duration(Duration.ZERO))
        .isEqualTo(Duration.ofMillis(250));
    assertThat(document.root().at("absent").duration(Duration.ofDays(2)))
        .isEqualTo(Duration.ofDays(2));
    document.finish();

    ConfigDocument wrong = parse("gap: 30\n");
    wrong.root().at("gap").duration(Duration.ZERO);
    assertThatThrownBy(wrong::finish)
        .hasMessageContaining(
            "gap in train.yaml line 1: is '30', but should be a span of time: a whole number and one of ms, s, min, h, d, such as 30 min.");
  }

  @Test
  void percentagesAndUnderscoresAreNumbers() {
    ConfigDocument document = parse("share: 0.1%\ncount: 20_000\n");
    assertThat(document.root().at("share").number(0)).isEqualTo(0.001);
    assertThat(document.root().at("count").integer(0)).isEqualTo(20000);
  }

  @Test
  void missingFileIsItsOwnKindOfError() {
    assertThatThrownBy(() -> ConfigDocument.read(Path.of("/nowhere/x.yaml"), List.of()))
        .isInstanceOfSatisfying(
            UserError.class, e -> assertThat(e.kind()).isEqualTo(UserError.Kind.INPUT_MISSING))
        .hasMessageContaining("there is no file /nowhere/x.yaml");
  }

  @Test
  void nearestWordAllowsSwapsButNotAnotherWord() {
    assertThat(DidYouMean.nearest("expecitle", List.of("expectile", "polyak")))
        .contains("expectile");
    assertThat(DidYouMean.nearest("reward", List.of("propensity", "step"))).isEmpty();
    assertThat(DidYouMean.nearest("z", List.of("p"))).isEmpty();
    assertThat(DidYouMean.edits("abcd", "acbd")).isEqualTo(1);
  }
}
