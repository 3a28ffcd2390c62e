package dev.hindcast.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.artefact.CodeVersion;
import dev.hindcast.core.artefact.Provenance;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.DatasetManifest;
import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.Split;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.policy.ActionDistribution;
import dev.hindcast.core.policy.Bundle;
import dev.hindcast.core.policy.BundleLoader;
import dev.hindcast.core.policy.BundleManifest;
import dev.hindcast.core.policy.Policy;
import dev.hindcast.core.policy.PolicySpec;
import dev.hindcast.core.policy.TargetPolicy;
import dev.hindcast.dataset.columns.Tables;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TargetPoliciesTest {
  private static final String LONG =
      "message m { required binary ward (UTF8); required int32 action; required double p; }";
  private static final String WIDE =
      "message m { required int64 episode_id; required int32 step;"
          + " required group all (LIST) { repeated group list { required double element; } } }";

  @TempDir Path root;
  private DatasetManifest manifest;
  private TransitionColumns columns;

  @BeforeEach
  void writeDataset() {
    TransitionColumns.Builder builder =
        new TransitionColumns.Builder(Episodes.SPACE, new ActionSpace.Discrete(2), false, false);
    for (int e = 0; e < 3; e++) {
      builder.beginEpisode(Integer.toString(e));
      builder.addStep(new float[] {e / 10f, 0}, new int[] {e + 1, 1}, new boolean[0], 0, 1, 0);
      builder.endEpisode(true);
    }
    columns = builder.build();
    manifest = DatasetWriter.write(root.resolve("ds").toString(), "t", Split.DEFAULT, columns);
  }

  @Test
  void builtInPoliciesActAsNamed() {
    assertThat(resolve(new PolicySpec.Logged()).policy()).isEmpty();
    assertThat(act(resolve(new PolicySpec.Uniform()))).containsOnly(0.5);
    assertThat(act(resolve(new PolicySpec.Constant("one", 1)))).containsExactly(0, 1, 0, 1, 0, 1);
    assertThat(resolve(new PolicySpec.Constant("one", 1)).fingerprint())
        .isEqualTo(resolve(new PolicySpec.Constant("eins", 1)).fingerprint())
        .isNotEqualTo(resolve(new PolicySpec.Constant("one", 0)).fingerprint());
    assertThatThrownBy(() -> resolve(new PolicySpec.Constant("two", 2)))
        .hasMessageContaining("action 2 is not one of the dataset's actions 0 to 1");
  }

  @Test
  void longTableIsLookedUpByCategory() throws Exception {
    PolicySpec.Table spec =
        longTable(
            List.of("ward"),
            List.of(
                List.of("a", 0, 0.25),
                List.of("a", 1, 0.75),
                List.of("b", 1, 1.0),
                List.of("c", 0, 1.0),
                List.of("elsewhere", 0, 1.0)));
    assertThat(act(resolve(spec))).containsExactly(0.25, 0.75, 0, 1, 1, 0);
    assertThat(resolve(spec).kind()).isEqualTo("table");
  }

  @Test
  void wideTableIsLookedUpByEpisodeAndStep() throws Exception {
    String path =
        Tables.write(
            root.resolve("w.parquet"),
            WIDE,
            List.of(
                List.of(0L, 0, List.of(0.5, 0.5)),
                List.of(1L, 0, List.of(1.0, 0.0)),
                List.of(2L, 0, List.of(0.0, 1.0))));
    assertThat(act(resolve(wide(path)))).containsExactly(0.5, 0.5, 1, 0, 0, 1);
  }

  @Test
  void numbersAreLookedUpAsTheDatasetStoresThem() throws Exception {
    String path =
        Tables.write(
            root.resolve("n.parquet"),
            "message m { required double age; required int32 action; required double p; }",
            List.of(List.of(0.0, 0, 1.0), List.of(0.1, 1, 1.0), List.of(0.2, 0, 1.0)));
    assertThat(act(resolve(table(path, List.of("age"))))).containsExactly(1, 0, 0, 1, 1, 0);
  }

  @Test
  void fingerprintChangesWithContentAndColumns() throws Exception {
    List<List<Object>> rows = new ArrayList<>();
    rows.add(List.of("a", 0, 1.0));
    var first = resolve(longTable(List.of("ward"), rows)).fingerprint();
    assertThat(resolve(longTable(List.of("ward"), rows)).fingerprint()).isEqualTo(first);
    rows.add(List.of("b", 0, 1.0));
    assertThat(resolve(longTable(List.of("ward"), rows)).fingerprint()).isNotEqualTo(first);
  }

  @Test
  void whatIsWrongWithATableIsSaidInWords() throws Exception {
    assertWrong(List.of("ward"), List.of("a", 2, 1.0), "row 0", "action is 2, but must be 0 to 1");
    assertWrong(List.of("ward"), List.of("a", 0, -0.5), "probability is -0.5");
    assertWrong(List.of("ward"), List.of("a", 0, Double.NaN), "probability is NaN");
    assertWrong(
        List.of("wrad"), List.of("a", 0, 1.0), "no observation field", "Did you mean ward?");
    PolicySpec.Table twice =
        longTable(List.of("ward"), List.of(List.of("a", 0, 0.5), List.of("a", 0, 0.5)));
    assertThatThrownBy(() -> resolve(twice))
        .hasMessageContaining("row 1")
        .hasMessageContaining("already for the same key");
    assertThatThrownBy(() -> resolve(table(root.resolve("no.parquet").toString(), List.of("ward"))))
        .extracting(e -> ((UserError) e).kind())
        .isEqualTo(UserError.Kind.INPUT_MISSING);
    String narrow =
        Tables.write(
            root.resolve("w.parquet"), WIDE, List.of(List.of(0L, 0, List.of(0.5, 0.25, 0.25))));
    assertThatThrownBy(() -> resolve(wide(narrow)))
        .hasMessageContaining("3 probabilities, but there are 2 actions");
  }

  @Test
  void bundleWithOtherDictionariesIsTranslatedByValue() throws Exception {
    ObservationSpace other =
        new ObservationSpace(
            Episodes.SPACE.numeric(),
            List.of(
                new ObservationSpace.CategoricalField("ward", List.of("z", "c", "a")),
                new ObservationSpace.CategoricalField("hour", List.of("1", "2"))));
    TargetPolicy policy = resolveBundle(bundle(other, 2));
    // The wards a, b, c have the codes 1, 2, 3 here and 3, 0 (unknown), 2 in the bundle.
    assertThat(act(policy)).containsExactly(3, 0, 0, 0, 2, 0);
  }

  @Test
  void bundleForOtherSpacesIsRefused() throws Exception {
    BundleManifest actions = bundle(Episodes.SPACE, 3);
    assertThatThrownBy(() -> resolveBundle(actions))
        .hasMessageContaining("it chooses among 3 discrete actions")
        .hasMessageContaining("the dataset has 2 discrete actions");
    BundleManifest fields = bundle(ObservationSpace.ofNumbers(2), 2);
    assertThatThrownBy(() -> resolveBundle(fields))
        .hasMessageContaining("it must be shown numbers [x0, x1] and categories []");
  }

  /** Says its code for the first category as if it were a probability. */
  private record Echo(int actions) implements Policy {
    @Override
    public ActionDistribution.Categorical distribution(Decisions decisions) {
      double[] out = new double[decisions.size() * actions];
      for (int row = 0; row < decisions.size(); row++) {
        out[row * actions] = decisions.categories()[row * 2];
      }
      return new ActionDistribution.Categorical(decisions.size(), actions, out);
    }
  }

  private static BundleManifest bundle(ObservationSpace space, int actions) {
    return new BundleManifest(
        1,
        BundleManifest.POLICY,
        "echo",
        "echo",
        "none",
        space,
        new ActionSpace.Discrete(actions),
        false,
        Optional.empty(),
        1,
        0,
        Map.of(),
        Optional.empty(),
        List.of(),
        new Provenance(List.of(), JsonNodeFactory.instance.objectNode(), 0, CodeVersion.current()));
  }

  private TargetPolicy resolveBundle(BundleManifest bundle) throws Exception {
    Path folder = Files.createDirectories(root.resolve("bundle"));
    Files.write(folder.resolve("manifest.json"), CanonicalJson.bytes(bundle));
    BundleLoader.Format echo =
        new BundleLoader.Format() {
          @Override
          public String name() {
            return "echo";
          }

          @Override
          public Bundle load(BundleManifest manifest, Path where) {
            return new Bundle(manifest, Optional.of(new Echo(2)), Optional.empty());
          }
        };
    return TargetPolicies.resolve(
        new PolicySpec.BundleFolder("b", folder.toString()),
        manifest,
        new BundleLoader(List.of(echo)));
  }

  private void assertWrong(List<String> keyedBy, List<Object> row, String... words)
      throws Exception {
    PolicySpec.Table spec = longTable(keyedBy, List.of(row));
    var failure = assertThatThrownBy(() -> resolve(spec)).isInstanceOf(UserError.class);
    for (String word : words) {
      failure.hasMessageContaining(word);
    }
  }

  private PolicySpec.Table longTable(List<String> keyedBy, List<List<Object>> rows)
      throws Exception {
    return table(Tables.write(root.resolve("p.parquet"), LONG, rows), keyedBy);
  }

  private TargetPolicy resolve(PolicySpec spec) {
    return TargetPolicies.resolve(spec, manifest, new BundleLoader(List.of()));
  }

  private double[] act(TargetPolicy policy) {
    return policy.policy().orElseThrow().categorical(columns.decisions()).probabilities();
  }

  private static PolicySpec.Table table(String path, List<String> keyedBy) {
    return new PolicySpec.Table(
        "t", path, keyedBy, Optional.of("action"), Optional.of("p"), Optional.empty());
  }

  private static PolicySpec.Table wide(String path) {
    return new PolicySpec.Table(
        "w",
        path,
        List.of("episode_id", "step"),
        Optional.empty(),
        Optional.empty(),
        Optional.of("all"));
  }
}
