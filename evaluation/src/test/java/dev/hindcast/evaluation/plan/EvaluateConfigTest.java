package dev.hindcast.evaluation.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hindcast.core.config.ConfigDocument;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.policy.PolicySpec;
import dev.hindcast.evaluation.verdict.PromoteIf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluateConfigTest {
  @TempDir Path folder;

  private EvaluateConfig read(String yaml) {
    ConfigDocument document = ConfigDocument.parse("test.yaml", folder, yaml, List.of());
    EvaluateConfig config = EvaluateConfig.from(document.root());
    document.finish();
    return config;
  }

  @Test
  void defaultsNeedNoSection() {
    EvaluateConfig config = read("policies: [{name: three, constant: 3}]\n");
    assertThat(config.part()).isEqualTo(EvaluatedPart.HELD_OUT);
    assertThat(config.policies())
        .containsExactly(
            new PolicySpec.Logged(), new PolicySpec.Uniform(), new PolicySpec.Constant("three", 3));
    assertThat(config.incumbent()).isEqualTo("logged");
    assertThat(config.estimators()).isEmpty();
    assertThat(config.primary()).isEmpty();
    assertThat(config.level()).isEqualTo(0.95);
    assertThat(config.replicates()).isEqualTo(1000);
    assertThat(config.seed()).isZero();
    assertThat(config.promoteIf())
        .isEqualTo(new PromoteIf(Optional.empty(), 100, 0.1, 0.05, List.of()));
    assertThat(config.segments()).isEmpty();
    assertThat(config.returns())
        .isEqualTo(new ReturnsConfig(0.1, List.of(0.05, 0.25, 0.5, 0.75, 0.95)));
    assertThat(config.knownValues()).isEmpty();
    assertThat(config.allowOtherDataset()).isFalse();
  }

  @Test
  void everyKeyIsRead() {
    EvaluateConfig config =
        read(
            """
            discount: 1
            policies: [{name: three, constant: 3}]
            evaluate:
              split: all
              policies: [logged, three, {name: four, constant: 4}]
              incumbent: three
              estimators: [direct-method, doubly-robust]
              estimator: doubly-robust
              level: 0.9
              replicates: 250
              seed: 7
              promote-if:
                lower-bound-above: 0.5
                effective-sample-size: 500
                max-weight-share: 20%
                unsupported-mass: 0.01
              returns: {tail: 5%, quantiles: [0.9, 0.5]}
              segments: [ward, age, ward]
              known-values: {three: 0.25}
              back-test: {three: logs/three}
              allow-other-dataset: true
            """);
    assertThat(config.part()).isEqualTo(EvaluatedPart.ALL);
    assertThat(config.policies())
        .extracting(PolicySpec::name)
        .containsExactly("logged", "three", "four");
    assertThat(config.incumbent()).isEqualTo("three");
    assertThat(config.estimators()).containsExactly("direct-method", "doubly-robust");
    assertThat(config.primary()).contains("doubly-robust");
    assertThat(config.level()).isEqualTo(0.9);
    assertThat(config.replicates()).isEqualTo(250);
    assertThat(config.seed()).isEqualTo(7);
    assertThat(config.backTest())
        .isEqualTo(Map.of("three", folder.resolve("logs/three").toString()));
    assertThat(config.promoteIf())
        .isEqualTo(new PromoteIf(Optional.of(0.5), 500, 0.2, 0.01, List.of()));
    assertThat(config.segments()).containsExactly("ward", "age");
    assertThat(config.returns()).isEqualTo(new ReturnsConfig(0.05, List.of(0.5, 0.9)));
    assertThat(config.knownValues()).isEqualTo(Map.of("three", 0.25));
    assertThat(config.allowOtherDataset()).isTrue();
    assertThat(config.pipeline().discount()).isEqualTo(1);
  }

  @Test
  void knownValuesMayComeFromAFile() throws IOException {
    Files.writeString(folder.resolve("known.json"), "{\"expert\": 0.78, \"note\": \"exact\"}");
    assertThat(read("evaluate: {known-values: known.json}\n").knownValues())
        .isEqualTo(Map.of("expert", 0.78));
  }

  @Test
  void valuesHandedOverWinOverThoseOfTheConfig() {
    EvaluateConfig config = read("evaluate: {known-values: {a: 1, b: 2}}\n");
    assertThat(config.withKnownValues(Map.of("b", 3.0)).knownValues())
        .isEqualTo(Map.of("a", 1.0, "b", 3.0));
  }

  @Test
  void settingsHoldNoPathOfAnyMachine() {
    EvaluateConfig config =
        read("evaluate: {policies: [{table: t.parquet, keyed-by: [s], probabilities: p}]}\n");
    assertThat(config.settings(Map.of()).toString())
        .doesNotContain(folder.toString())
        .contains("\"policies\":[\"t\"]");
  }

  @Test
  void everyMistakeIsToldAtOnceWithItsLine() {
    assertThatThrownBy(
            () ->
                read(
                    """
                    policies: [{name: expert, constant: 3}]
                    evaluate:
                      policies: [logged, expret]
                      estimator: doubly-robst
                      estimators: [pdis]
                      replicates: 5
                      promote-if: {lower-bound-above: incumbant, max-weight-share: 2}
                      returns: {tail: 1, quantiles: [0.5]}
                      segments: [a, b, c, d, e, f, g, h, i]
                      known-values: nowhere.json
                      levl: 0.9
                    """))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("there is no policy 'expret'")
        .hasMessageContaining("Did you mean expert?")
        .hasMessageContaining("test.yaml line 3")
        .hasMessageContaining("there is no estimator 'doubly-robst'. Did you mean doubly-robust?")
        .hasMessageContaining("there is no estimator 'pdis'. Known: on-policy, inverse-propensity")
        .hasMessageContaining("replicates is 5, but must lie in [100, 100000]")
        .hasMessageContaining("is 'incumbant', but should be 'incumbent' or a number")
        .hasMessageContaining("max-weight-share is 2, but must lie in [0, 1]")
        .hasMessageContaining("tail is 1, but must lie in (0, 1)")
        .hasMessageContaining("names 9 columns, but at most 8 are looked at")
        .hasMessageContaining("cannot read the file")
        .hasMessageContaining("Unknown key evaluate.levl")
        .hasMessageContaining("Did you mean evaluate.level?");
  }
}
