package dev.hindcast.evaluation.running;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hindcast.core.config.ConfigDocument;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.policy.Pipeline;
import dev.hindcast.core.policy.PolicySpec;
import dev.hindcast.evaluation.running.EstimateConfig.Range;
import dev.hindcast.evaluation.running.EstimateConfig.Sequence;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EstimateConfigTest {
  static EstimateConfig read(String yaml, boolean isOneStep) {
    ConfigDocument document = ConfigDocument.parse("shop.yaml", Path.of("/shop"), yaml, List.of());
    Optional<EstimateConfig> config =
        EstimateConfig.from(
            document.root().section("estimate"), Pipeline.from(document.root()), isOneStep);
    document.finish();
    return config.orElseThrow();
  }

  @Test
  void absentKeysKeepTheDefaults() {
    EstimateConfig config = read("estimate: {window: 10 min}", true);
    assertThat(config)
        .isEqualTo(
            new EstimateConfig(
                new PolicySpec.Logged(),
                List.of(),
                List.of(),
                Optional.empty(),
                0.99,
                1,
                Duration.ofMinutes(10),
                Optional.empty(),
                Double.POSITIVE_INFINITY,
                Sequence.ASYMPTOTIC,
                0.95,
                10_000,
                50,
                Optional.empty(),
                0.05,
                0.01,
                Duration.ZERO));
  }

  @Test
  void everyKeyIsReadFromTheFile() {
    EstimateConfig config =
        read(
            """
            discount: 0.9
            policies: [{name: three, constant: 3}]
            estimate:
              champion: {bundle: bundles/iql}
              challengers: [three, uniform]
              q-functions: [bundles/q]
              estimator: doubly-robust
              horizon: 7
              window: 5 min
              returns: {from: -1, to: 2}
              weight-cap: 20
              sequence: asymptotic
              level: 0.9
              planned-episodes: 500
              first-look: 50
              gate: 0.25
              false-alarms: 1%
              least-sample-share: 5%
              restart-every: 1 d
            """,
            false);
    assertThat(config)
        .isEqualTo(
            new EstimateConfig(
                new PolicySpec.BundleFolder("iql", "/shop/bundles/iql"),
                List.of(new PolicySpec.Constant("three", 3), new PolicySpec.Uniform()),
                List.of("/shop/bundles/q"),
                Optional.of("doubly-robust"),
                0.9,
                7,
                Duration.ofMinutes(5),
                Optional.of(new Range(-1, 2)),
                20,
                Sequence.ASYMPTOTIC,
                0.9,
                500,
                50,
                Optional.of(0.25),
                0.01,
                0.05,
                Duration.ofDays(1)));
  }

  @Test
  void knownRangeOfReturnsMakesBoundsExact() {
    assertThat(read("estimate: {returns: {from: 0, to: 1}}", true).sequence())
        .isEqualTo(Sequence.EMPIRICAL_BERNSTEIN);
  }

  @Test
  void mistakesAreSaidTogether() {
    assertThatThrownBy(
            () ->
                read(
                    """
                    estimate:
                      champion: uniform
                      challengers: [uniform, nobody]
                      estimator: doubly-robst
                      returns: {from: 1, to: 1}
                    """,
                    false))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("policy 'uniform' stands twice")
        .hasMessageContaining("there is no policy 'nobody' among the top-level policies")
        .hasMessageContaining("there is no estimator 'doubly-robst'. Did you mean doubly-robust?")
        .hasMessageContaining("returns go from 1.0 to 1.0")
        .hasMessageContaining("estimate.horizon in shop.yaml")
        .hasMessageContaining("is missing: the steps of the longest episode");
  }

  @Test
  void exactBoundsNeedTheRange() {
    assertThatThrownBy(() -> read("estimate: {sequence: empirical-bernstein}", true))
        .hasMessageContaining("which needs returns: {from: ..., to: ...}");
  }
}
