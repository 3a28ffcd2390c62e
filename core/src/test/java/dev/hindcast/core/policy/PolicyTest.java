package dev.hindcast.core.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hindcast.core.artefact.ArtefactFile;
import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.artefact.CodeVersion;
import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.core.artefact.Provenance;
import dev.hindcast.core.config.ConfigDocument;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.data.ObservationSpace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyTest {
  private static final ObservationSpace STATES = ObservationSpace.ofStates(3);

  private static Decisions at(int state, boolean... mask) {
    return new Decisions(
        1, new float[0], new int[] {state + 1}, mask, new String[] {"e7"}, new int[] {4});
  }

  private static TablePolicy byState(Map<String, double[]> rows) {
    return new TablePolicy(
        "clinician", 2, STATES, new TablePolicy.Key(List.of(), List.of(0)), rows);
  }

  @Test
  void uniformSharesTheMassAmongAdmissibleActions() {
    UniformPolicy uniform = new UniformPolicy(3);
    assertThat(uniform.distribution(at(0)).probabilities())
        .containsExactly(1.0 / 3, 1.0 / 3, 1.0 / 3);
    assertThat(uniform.distribution(at(0, true, false, true)).probabilities())
        .containsExactly(0.5, 0, 0.5);
  }

  @Test
  void constantRefusesAnActionThatDoesNotExist() {
    assertThat(new ConstantPolicy(1, 2).distribution(at(0)).mode(0)).isEqualTo(1);
    assertThatThrownBy(() -> new ConstantPolicy(2, 2))
        .hasMessage("Action 2 is not one of the actions 0 to 1.");
  }

  @Test
  void tableIsLookedUpByTheTextOfACategory() {
    TablePolicy table =
        byState(Map.of(TablePolicy.Key.of(List.of("2")), new double[] {0.25, 0.75}));
    assertThat(table.distribution(at(2)).probability(0, 1)).isEqualTo(0.75);
    assertThatThrownBy(() -> table.distribution(at(1)))
        .isInstanceOfSatisfying(
            UserError.class, e -> assertThat(e.kind()).isEqualTo(UserError.Kind.DATA))
        .hasMessageContaining(
            "policy clinician: its table has no probabilities for state=1, episode e7 step 4");
  }

  @Test
  void tableIsLookedUpByEpisodeAndStep() {
    TablePolicy table =
        new TablePolicy(
            "replay",
            2,
            STATES,
            TablePolicy.Key.EPISODE_AND_STEP,
            Map.of(TablePolicy.Key.of("e7", 4), new double[] {1, 0}));
    assertThat(table.distribution(at(0)).mode(0)).isZero();
  }

  @Test
  void rowsThatDoNotSumToOneAreRefusedWhenUsed() {
    TablePolicy table = byState(Map.of(TablePolicy.Key.of(List.of("0")), new double[] {0.5, 0.4}));
    assertThatThrownBy(() -> table.distribution(at(0)))
        .hasMessageContaining("sum to 0.9, not 1")
        .hasMessageContaining("masked actions");
  }

  @Test
  void specsAreReadInAllTheirForms() {
    String yaml =
        """
        policies:
          - {name: expert, table: p.parquet, keyed-by: [state], action: action, probability: expert_probability}
          - {table: q.parquet, keyed-by: [episode_id, step], probabilities: p}
          - {constant: 3}
          - {bundle: bundles/iql-seed0}
        """;
    ConfigDocument document = ConfigDocument.parse("x.yaml", Path.of("/d"), yaml, List.of());
    Pipeline pipeline = Pipeline.from(document.root());
    document.finish();
    assertThat(pipeline.policies())
        .extracting(PolicySpec::name)
        .containsExactly("expert", "q", "constant-3", "iql-seed0");
    assertThat(pipeline.policies().get(0))
        .isInstanceOfSatisfying(
            PolicySpec.Table.class, t -> assertThat(t.path()).isEqualTo("/d/p.parquet"));
    assertThat(pipeline.name()).isEqualTo("x");
    assertThat(pipeline.discount()).isEqualTo(0.99);
  }

  @Test
  void mistakesInSpecsAreAllNamed() {
    String yaml =
        """
        discount: 1.5
        policies:
          - uniform2
          - {table: p.parquet}
          - {name: "a/b", constant: 1}
          - {constant: 1, name: twice}
          - {constant: 2, name: twice}
        """;
    ConfigDocument document = ConfigDocument.parse("x.yaml", Path.of("/d"), yaml, List.of());
    Pipeline.from(document.root());
    assertThatThrownBy(document::finish)
        .hasMessageContaining("must lie in [0, 1]")
        .hasMessageContaining("'uniform2' is only a name")
        .hasMessageContaining("keyed-by is missing")
        .hasMessageContaining("either action and probability")
        .hasMessageContaining("'a/b' should be letters")
        .hasMessageContaining("policy 'twice' is defined twice");
  }

  @Test
  void bundlesAreRefusedWhenMissingAlteredOrOfAnotherVersion(@TempDir Path folder)
      throws IOException {
    BundleLoader loader = new BundleLoader(List.of(new Plain()));
    assertThatThrownBy(() -> loader.load(folder))
        .isInstanceOfSatisfying(
            UserError.class, e -> assertThat(e.kind()).isEqualTo(UserError.Kind.INPUT_MISSING))
        .hasMessageContaining("there is no manifest.json");

    Files.writeString(folder.resolve("weights"), "1");
    Fingerprint hash = Fingerprint.of("1".getBytes(StandardCharsets.UTF_8));
    BundleManifest manifest = manifest("plain", new ArtefactFile("weights", 1, hash));
    Files.write(folder.resolve("manifest.json"), CanonicalJson.bytes(manifest));
    assertThat(loader.load(folder).manifest()).isEqualTo(manifest);

    Files.writeString(folder.resolve("weights"), "2");
    assertThatThrownBy(() -> loader.load(folder))
        .hasMessageContaining("weights is not the file that was published");
    Files.delete(folder.resolve("weights"));
    assertThatThrownBy(() -> loader.load(folder))
        .hasMessageContaining("its file weights is missing");

    Files.write(
        folder.resolve("manifest.json"),
        CanonicalJson.bytes(manifest("other", new ArtefactFile("weights", 1, hash))));
    assertThatThrownBy(() -> loader.load(folder))
        .hasMessageContaining("its format is other, and this build reads plain");

    String newer =
        CanonicalJson.text(manifest).replace("\"spec_version\" : 1", "\"spec_version\" : 9");
    Files.writeString(folder.resolve("manifest.json"), newer);
    assertThatThrownBy(() -> loader.load(folder))
        .hasMessageContaining("says spec version 9, and this build reads 1");
    Files.writeString(folder.resolve("manifest.json"), newer.substring(0, 40));
    assertThatThrownBy(() -> loader.load(folder)).hasMessageContaining("its manifest is damaged");
  }

  private static BundleManifest manifest(String format, ArtefactFile file) {
    return new BundleManifest(
        1,
        "policy",
        format,
        "x-seed0",
        "x",
        STATES,
        new ActionSpace.Discrete(2),
        false,
        Optional.empty(),
        0.99,
        10,
        Map.of(),
        Optional.empty(),
        List.of(file),
        new Provenance(
            List.of(), CanonicalJson.tree(Map.of()), 0, new CodeVersion("0.1.0", "unknown")));
  }

  private static final class Plain implements BundleLoader.Format {
    @Override
    public String name() {
      return "plain";
    }

    @Override
    public Bundle load(BundleManifest manifest, Path folder) {
      return new Bundle(manifest, Optional.of(new UniformPolicy(2)), Optional.empty());
    }
  }
}
