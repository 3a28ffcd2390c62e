package dev.hindcast.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.artefact.CodeVersion;
import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.core.artefact.Provenance;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.policy.BundleManifest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompareCommandTest {
  @TempDir private Path folder;

  @Test
  void runsAreBundlesThatDifferInTheirSeedOnly() throws IOException {
    bundle("iql", 0, "{\"expectile\":0.7,\"batch_size\":32}", "log", Map.of("critic_loss", 1.0));
    bundle("iql", 1, "{\"expectile\":0.7,\"batch_size\":32}", "log", Map.of("critic_loss", 2.0));
    bundle("iql", 2, "{\"expectile\":0.7,\"batch_size\":32}", "log", Map.of("critic_loss", 6.0));
    bundle(
        "sharp",
        0,
        "{\"expectile\":0.9,\"batch_size\":32}",
        "log",
        Map.of("critic_loss", 0.5, "q_mean", -3.0, "steps", 93_000.0));
    Hindcast result = Hindcast.run("compare", folder);
    assertThat(result.exitCode()).isZero();
    assertThat(result.out().lines())
        .containsSubsequence(
            "2 runs in 4 bundles.",
            "run          iql      sharp",
            "seeds        0, 1, 2  0",
            "expectile    0.7      0.9",
            "critic_loss  3 ± 2.6  0.5000",
            "q_mean       -        -3",
            "steps        -        93,000")
        .noneMatch(line -> line.startsWith("batch-size"))
        .noneMatch(line -> line.startsWith("dataset"));
  }

  @Test
  void anotherDatasetIsADifference() throws IOException {
    bundle("iql", 0, "{}", "monday", Map.of());
    bundle("later", 0, "{}", "tuesday", Map.of());
    assertThat(
            Hindcast.run("compare", folder.resolve("iql-seed0"), folder.resolve("later-seed0"))
                .out())
        .containsPattern("dataset +monday \\([0-9a-f]{12}\\) +tuesday \\(");
  }

  @Test
  void machinesGetEverything() throws IOException {
    bundle("iql", 0, "{\"expectile\":0.7}", "log", Map.of("critic_loss", 1.0));
    bundle("iql", 1, "{\"expectile\":0.7}", "log", Map.of("critic_loss", 3.0));
    JsonNode json =
        CanonicalJson.tree(
            Hindcast.run("compare", "--json", folder).out().getBytes(StandardCharsets.UTF_8));
    JsonNode run = json.path("runs").path(0);
    assertThat(run.path("name").asText()).isEqualTo("iql");
    assertThat(run.path("seeds").toString()).isEqualTo("[0,1]");
    assertThat(run.path("settings").path("expectile").asText()).isEqualTo("0.7");
    JsonNode figure = run.path("metrics").path("critic_loss");
    assertThat(figure.path("mean").asDouble()).isEqualTo(2);
    assertThat(figure.path("standard_deviation").asDouble()).isCloseTo(Math.sqrt(2), within(1e-12));
    assertThat(figure.path("count").asInt()).isEqualTo(2);
    assertThat(json.path("differences").isEmpty()).isTrue();
  }

  @Test
  void manyRunsStandInSeveralPieces() throws IOException {
    for (int i = 0; i < 12; i++) {
      bundle("a-run-with-a-long-name-" + i, 0, "{\"expectile\":0." + i + "}", "log", Map.of());
    }
    List<String> lines = Hindcast.run("compare", folder).out().lines().toList();
    assertThat(lines).filteredOn(line -> line.startsWith("run  ")).hasSizeGreaterThan(2);
    assertThat(lines.subList(0, lines.size() - 1)).allMatch(line -> line.length() <= 110);
    assertThat(String.join("\n", lines)).contains("a-run-with-a-long-name-11");
  }

  @Test
  void nothingToCompareIsAMissingInput() {
    Hindcast result = Hindcast.run("compare", folder);
    assertThat(result.exitCode()).isEqualTo(5);
    assertThat(result.err()).contains("holds a finished bundle");
    assertThat(Hindcast.run("compare").exitCode()).isEqualTo(2);
  }

  private void bundle(
      String name, int seed, String config, String dataset, Map<String, Double> metrics)
      throws IOException {
    BundleManifest manifest =
        new BundleManifest(
            BundleManifest.SPEC_VERSION,
            BundleManifest.POLICY,
            "hindcast-mlp-1",
            name + "-seed" + seed,
            "iql",
            ObservationSpace.ofStates(2),
            new ActionSpace.Discrete(2),
            false,
            Optional.empty(),
            0.9,
            60,
            metrics,
            Optional.empty(),
            List.of(),
            new Provenance(
                List.of(new Provenance.Input("dataset", dataset, Fingerprint.ofJson(dataset))),
                CanonicalJson.tree(config.getBytes(StandardCharsets.UTF_8)),
                seed,
                new CodeVersion("0.1.0", "abc")));
    Path place = Files.createDirectories(folder.resolve(name + "-seed" + seed));
    Files.write(place.resolve("manifest.json"), CanonicalJson.bytes(manifest));
  }
}
