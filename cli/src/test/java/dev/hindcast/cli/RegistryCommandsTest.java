package dev.hindcast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.artefact.CodeVersion;
import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.core.artefact.Provenance;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.policy.BundleManifest;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistryCommandsTest {
  @TempDir private Path folder;

  private Hindcast on(String verb, Object... more) {
    Object[] arguments = new Object[more.length + 5];
    arguments[0] = verb;
    arguments[1] = "--registry";
    arguments[2] = folder.resolve("registry");
    arguments[3] = "--policy";
    arguments[4] = "shop";
    System.arraycopy(more, 0, arguments, 5, more.length);
    return Hindcast.run(arguments);
  }

  private Path bundle(String name, double expectile) throws IOException {
    return bundle(folder.resolve(name), name, expectile);
  }

  /** A bundle's manifest, and nothing beside it. */
  static Path bundle(Path place, String name, double expectile) throws IOException {
    BundleManifest manifest =
        new BundleManifest(
            BundleManifest.SPEC_VERSION,
            BundleManifest.POLICY,
            "hindcast-mlp-1",
            name,
            "iql",
            ObservationSpace.ofStates(2),
            new ActionSpace.Discrete(2),
            false,
            Optional.empty(),
            0.9,
            10,
            Map.of("critic_loss", expectile),
            Optional.empty(),
            List.of(),
            new Provenance(
                List.of(new Provenance.Input("dataset", "log", Fingerprint.ofJson("log"))),
                CanonicalJson.tree(Map.of("expectile", expectile)),
                0,
                CodeVersion.current()));
    Files.createDirectories(place);
    Files.write(place.resolve("manifest.json"), CanonicalJson.bytes(manifest));
    return place;
  }

  private Hindcast forced(Path bundle) {
    return on(
        "promote", "--bundle", bundle, "--force", "no-report", "--reason", "a test", "--by", "ann");
  }

  @Test
  void promotionRollbackAndHistoryInWords() throws IOException {
    Hindcast first = forced(bundle("mild", 0.7));
    assertThat(first.exitCode()).as(first.err()).isZero();
    assertThat(first.out())
        .matches("Champion of shop is now version 1 \\(mild, [0-9a-f]{12}\\), generation 1\\.\n");
    assertThat(forced(folder.resolve("mild")).out())
        .startsWith("Champion of shop was already version 1 (mild, ");
    assertThat(forced(bundle("bold", 0.9)).out()).contains("is now version 2 (bold, ");
    Hindcast back = on("rollback", "--reason", "sales fell", "--by", "bob");
    assertThat(back.out()).startsWith("Champion of shop is now version 1 (mild, ");
    Hindcast history = on("history");
    assertThat(history.exitCode()).isZero();
    assertThat(history.out().lines().map(String::strip))
        .contains("shop: 2 versions, 3 generations.", "sales fell", "overruled: no-report; a test")
        .anyMatch(line -> line.matches("champion +version 1 \\(mild, [0-9a-f]{12}\\)"))
        .anyMatch(
            line ->
                line.matches(
                    "3 +20\\S+Z  rollback champion: version 1 \\(mild, [0-9a-f]{12}\\), by bob"));
    JsonNode json =
        CanonicalJson.tree(on("history", "--json").out().getBytes(StandardCharsets.UTF_8));
    assertThat(json.path("generations").path(2).path("move").asText()).isEqualTo("rollback");
    assertThat(json.path("versions").path(1).path("name").asText()).isEqualTo("bold");
  }

  @Test
  void refusalsEndWithTheirExitCodes() throws IOException {
    Path mild = bundle("mild", 0.7);
    Hindcast missing = on("promote", "--bundle", mild, "--report", folder.resolve("none"));
    assertThat(missing.exitCode()).isEqualTo(5);
    assertThat(missing.err())
        .contains("Cannot promote version 1 (mild, ")
        .contains("there is no finished report at")
        .endsWith("--force no-report --reason WORDS.\n")
        .doesNotContain("\tat ");
    assertThat(on("rollback").exitCode()).isEqualTo(4);
    assertThat(on("promote").exitCode()).isEqualTo(2);
    assertThat(on("promote", "--bundle", mild, "--force", "verdit").err())
        .contains("there is no such objection. Did you mean verdict?");
    assertThat(on("promote", "--bundle", mild, "--window", "yesterday").exitCode()).isEqualTo(2);
    assertThat(on("promote", "--version-number", 7).exitCode()).isEqualTo(5);
    forced(mild);
    Hindcast late =
        on(
            "promote",
            "--bundle",
            bundle("bold", 0.9),
            "--based-on",
            0,
            "--force",
            "no-report",
            "--reason",
            "late");
    assertThat(late.exitCode()).isEqualTo(6);
    assertThat(late.err()).contains("ann made generation 1 meanwhile (champion is version 1)");
  }

  @Test
  void aMirrorThatCannotBeReachedIsSaidAndHoldsNothingUp() throws IOException {
    int free;
    try (ServerSocket socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }
    Hindcast promoted =
        on(
            "promote",
            "--bundle",
            bundle("mild", 0.7),
            "--force",
            "no-report",
            "--reason",
            "a test",
            "--mlflow",
            "http://127.0.0.1:" + free);
    assertThat(promoted.exitCode()).isZero();
    assertThat(promoted.out()).startsWith("Champion of shop is now version 1 (mild, ");
    assertThat(promoted.err())
        .contains("warning: MLflow does not show this yet: http://127.0.0.1:" + free)
        .contains("cannot be reached. The registry has it; the next promotion or rollback");
    Hindcast wrong =
        on("promote", "--bundle", bundle("bold", 0.9), "--mlflow", "http://ann:s3cret@host");
    assertThat(wrong.exitCode()).isEqualTo(2);
    assertThat(wrong.err())
        .startsWith("Cannot use --mlflow: mlflow holds a user name or password")
        .doesNotContain("s3cret");
    assertThat(on("history").out()).contains("shop: 1 versions, 1 generations.");
  }

  @Test
  void versionsAreToldApart() throws IOException {
    forced(bundle("mild", 0.7));
    assertThat(on("promote", "--bundle", bundle("bold", 0.9), "--alias", "challenger").out())
        .startsWith("Challenger of shop is now version 2 (bold, ");
    Hindcast diff = on("diff", "champion", "challenger");
    assertThat(diff.exitCode()).as(diff.err()).isZero();
    assertThat(diff.out().lines())
        .anyMatch(line -> line.matches("expectile +0\\.7 +0\\.9"))
        .anyMatch(line -> line.startsWith("version 2 (bold, "));
    assertThat(on("diff", "1", "champion").out()).contains("They are the same version.");
    assertThat(on("diff", "1", "chalenger").exitCode()).isEqualTo(2);
  }
}
