package dev.hindcast.ingestion.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.config.ConfigDocument;
import dev.hindcast.core.data.DatasetManifest;
import dev.hindcast.core.data.DatasetManifest.PartSummary;
import dev.hindcast.core.data.Split;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.policy.Pipeline;
import dev.hindcast.dataset.ArtefactWriter.Existing;
import dev.hindcast.dataset.Dataset;
import dev.hindcast.dataset.columns.ParquetTable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bundled logs, against figures that were computed from them by other programs. */
class ExamplesIT {
  private static final Path EXAMPLES = Path.of("..", "examples").toAbsolutePath().normalize();

  @TempDir Path output;

  @Test
  void sepsisLogBecomesTheDatasetItsReadmeDescribes() {
    Dataset dataset = ingest("icu-sepsis/pipeline.yaml", List.of(), "sepsis");
    DatasetManifest manifest = dataset.manifest();
    assertThat(manifest.rows().read()).isEqualTo(186_444);
    assertThat(manifest.rows().kept()).isEqualTo(186_444);
    assertThat(manifest.rows().quarantined()).isEmpty();
    PartSummary training = manifest.part(Split.Part.TRAINING);
    PartSummary heldOut = manifest.part(Split.Part.HELD_OUT);
    assertThat(training.episodes() + heldOut.episodes()).isEqualTo(20_000);
    double meanReturn =
        (training.meanReturn() * training.episodes() + heldOut.meanReturn() * heldOut.episodes())
            / 20_000;
    assertThat(meanReturn).isCloseTo(0.77935, within(5e-6));
    assertThat(training.terminated()).isEqualTo(training.episodes());
    assertThat(manifest.observationSpace().numeric())
        .hasSize(48)
        .startsWith("features.0")
        .endsWith("features.46", "sofa_score");
    assertThat(manifest.observationSpace().categorical().get(0).values()).startsWith("0", "1", "2");
    assertThat(manifest.warnings()).containsOnlyKeys("action-outside-mask");
    assertThat(manifest.loggedActionsOutsideMask())
        .isPositive()
        .isEqualTo(manifest.warnings().get("action-outside-mask"));
    assertMasksAndFeaturesAreThoseOfTheState(dataset.read(Split.Part.HELD_OUT));
  }

  @Test
  void sameLogTwiceGivesTheSameFingerprint() {
    assertThat(ingest("icu-sepsis/pipeline.yaml", List.of(), "a").fingerprint())
        .isEqualTo(ingest("icu-sepsis/pipeline.yaml", List.of(), "elsewhere/b").fingerprint());
  }

  @Test
  void openBanditLogsHaveTheFiguresOfTheirReadme() {
    DatasetManifest men = ingest("open-bandit/men.yaml", List.of(), "men").manifest();
    assertThat(men.rows().kept()).isEqualTo(10_000);
    assertThat(men.isHorizonOne()).isTrue();
    assertThat(meanReward(men)).isCloseTo(0.0046, within(1e-12));
    assertThat(men.part(Split.Part.TRAINING).minPropensity()).isEqualTo(1 / 34.0);
    DatasetManifest women =
        ingest(
                "open-bandit/women.yaml",
                List.of("ingest.source.path=bts-women.parquet", "ingest.propensity.estimated=true"),
                "women")
            .manifest();
    assertThat(meanReward(women)).isCloseTo(0.0046, within(1e-12));
    assertThat(women.propensityEstimated()).isTrue();
    assertThat(
            Math.min(
                women.part(Split.Part.TRAINING).minPropensity(),
                women.part(Split.Part.HELD_OUT).minPropensity()))
        .isEqualTo(1e-6);
    assertThat(women.observationSpace().numeric()).hasSize(46);
  }

  private Dataset ingest(String config, List<String> overrides, String name) {
    ConfigDocument document = ConfigDocument.read(EXAMPLES.resolve(config), overrides);
    Pipeline pipeline = Pipeline.from(document.root());
    IngestConfig ingest = IngestConfig.from(document.root().section("ingest"), pipeline);
    document.root().at("train").leaveToOthers();
    document.root().at("evaluate").leaveToOthers();
    document.finish();
    String place = output.resolve(name).toString();
    List<String> progress = new ArrayList<>();
    IngestJob.run(
        SparkForTests.session(), ingest, pipeline.name(), place, Existing.REFUSE, progress::add);
    assertThat(progress).anyMatch(line -> line.contains("mean of 1/propensity"));
    return Dataset.open(place);
  }

  private static double meanReward(DatasetManifest manifest) {
    double sum = 0;
    for (Split.Part part : Split.Part.values()) {
      sum += manifest.part(part).meanReturn() * manifest.part(part).episodes();
    }
    return sum / 10_000;
  }

  private static void assertMasksAndFeaturesAreThoseOfTheState(TransitionColumns columns) {
    ParquetTable states =
        ParquetTable.read(
            EXAMPLES.resolve("icu-sepsis/states.parquet").toString(),
            List.of("state", "admissible_actions", "features"));
    long[][] admissible = states.wholeLists("admissible_actions");
    double[][] features = states.numberLists("features");
    List<String> values = columns.observationSpace().categorical().get(0).values();
    for (int row = 0; row < columns.rows(); row += 97) {
      int state = Integer.parseInt(values.get(columns.categories()[row] - 1));
      boolean[] expected = new boolean[25];
      for (long action : admissible[state]) {
        expected[(int) action] = true;
      }
      for (int a = 0; a < 25; a++) {
        assertThat(columns.mask()[row * 25 + a]).isEqualTo(expected[a]);
      }
      assertThat(columns.numeric()[row * 48 + 13]).isEqualTo((float) features[state][13]);
    }
  }
}
