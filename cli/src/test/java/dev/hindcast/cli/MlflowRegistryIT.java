package dev.hindcast.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hindcast.core.artefact.CanonicalJson;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The registry shown by a real MLflow server, in the environment that MlflowIT installs. */
class MlflowRegistryIT {
  private static final String VERSION = "3.17.2";
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  @TempDir private static Path shared;
  @TempDir private Path folder;

  private static Process mlflow;
  private static String address;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    Path room = Hindcast.ROOT.resolve("offline-rl");
    Path venv = room.resolve("target/mlflow-venv");
    Process install =
        new ProcessBuilder(
                room.resolve("src/test/scripts/mlflow-venv.sh").toString(),
                venv.toString(),
                VERSION)
            .redirectErrorStream(true)
            .redirectOutput(shared.resolve("install.log").toFile())
            .start();
    assumeTrue(
        install.waitFor() == 0,
        () ->
            "Skipped: mlflow "
                + VERSION
                + " could not be installed; it takes Python 3 with its venv module, and PyPI.");
    int port = freePort();
    address = "http://127.0.0.1:" + port;
    ProcessBuilder server =
        new ProcessBuilder(
            venv.resolve("bin/mlflow").toString(),
            "server",
            "--host",
            "127.0.0.1",
            "--port",
            port + "",
            "--workers",
            "1",
            "--backend-store-uri",
            "sqlite:///" + shared.resolve("mlflow.db"),
            "--default-artifact-root",
            shared.resolve("artifacts").toString());
    server.environment().put("MLFLOW_SERVER_ENABLE_JOB_EXECUTION", "false");
    server.environment().put("MLFLOW_DISABLE_TELEMETRY", "true");
    mlflow =
        server.redirectErrorStream(true).redirectOutput(shared.resolve("log").toFile()).start();
    HttpRequest health = HttpRequest.newBuilder(URI.create(address + "/health")).GET().build();
    for (int attempt = 0; attempt < 600 && !isUp(health); attempt++) {
      assertThat(mlflow.waitFor(200, TimeUnit.MILLISECONDS))
          .as(() -> log())
          .isFalse(); // it has not ended
    }
    assertThat(isUp(health)).as(() -> log()).isTrue();
  }

  @AfterAll
  static void stop() throws InterruptedException {
    if (mlflow != null) {
      mlflow.descendants().forEach(ProcessHandle::destroy);
      mlflow.destroy();
      mlflow.waitFor();
    }
  }

  @Test
  void promotionsAndRollbacksAreShownAsTheyStand() throws Exception {
    promoted("mild", 0.7);
    promoted("bold", 0.9);
    challenged("wild", 0.95);
    JsonNode model = model();
    assertThat(aliases(model)).isEqualTo(Map.of("champion", "2", "challenger", "3"));
    assertThat(tags(model)).containsEntry("hindcast.generation", "3");
    JsonNode champion = version("champion");
    assertThat(champion.path("source").asText()).isEqualTo("hindcast:" + folder.resolve("bold"));
    assertThat(tags(champion))
        .containsEntry("hindcast.bundle", folder.resolve("bold").toString())
        .containsEntry("hindcast.version", "2")
        .containsEntry("hindcast.basis", "choice")
        .containsEntry("hindcast.forced", "no-report")
        .containsEntry("hindcast.by", "ann")
        .hasEntrySatisfying(
            "hindcast.bundle.fingerprint",
            fingerprint -> assertThat(fingerprint).startsWith("sha256:"));

    Hindcast back = on("rollback", "--by", "bob");
    assertThat(back.exitCode()).as(back.err()).isZero();
    assertThat(back.err()).doesNotContain("warning");
    assertThat(aliases(model())).isEqualTo(Map.of("champion", "1", "challenger", "3"));

    // the challenger becomes champion: what is told of it is told anew, with empty words too
    promoted("wild", 0.95);
    assertThat(aliases(model())).isEqualTo(Map.of("champion", "3"));
    assertThat(tags(version("champion")))
        .containsEntry("hindcast.reason", "a test")
        .containsEntry("hindcast.generation", "5");
  }

  private void promoted(String name, double expectile) throws IOException {
    Path bundle = folder.resolve(name);
    RegistryCommandsTest.bundle(bundle, name, expectile);
    shown("--bundle", bundle, "--force", "no-report", "--reason", "a test", "--by", "ann");
  }

  private void challenged(String name, double expectile) throws IOException {
    Path bundle = folder.resolve(name);
    RegistryCommandsTest.bundle(bundle, name, expectile);
    shown("--bundle", bundle, "--alias", "challenger");
  }

  private void shown(Object... words) {
    Hindcast done = on("promote", words);
    assertThat(done.exitCode()).as(done.err()).isZero();
    assertThat(done.err()).doesNotContain("warning");
  }

  private Hindcast on(String verb, Object... more) {
    Object[] words = new Object[more.length + 7];
    words[0] = verb;
    words[1] = "--registry";
    words[2] = folder.resolve("registry");
    words[3] = "--policy";
    words[4] = "shop";
    words[5] = "--mlflow";
    words[6] = address;
    System.arraycopy(more, 0, words, 7, more.length);
    return Hindcast.run(words);
  }

  private static JsonNode model() throws Exception {
    return get("registered-models/get?name=shop").path("registered_model");
  }

  private static JsonNode version(String alias) throws Exception {
    return get("registered-models/alias?name=shop&alias=" + alias).path("model_version");
  }

  private static Map<String, String> aliases(JsonNode model) {
    Map<String, String> aliases = new TreeMap<>();
    model
        .path("aliases")
        .forEach(each -> aliases.put(each.path("alias").asText(), each.path("version").asText()));
    return aliases;
  }

  private static Map<String, String> tags(JsonNode of) {
    Map<String, String> tags = new TreeMap<>();
    of.path("tags").forEach(tag -> tags.put(tag.path("key").asText(), tag.path("value").asText()));
    return tags;
  }

  private static JsonNode get(String call) throws Exception {
    HttpResponse<String> response =
        CLIENT.send(
            HttpRequest.newBuilder(URI.create(address + "/api/2.0/mlflow/" + call)).GET().build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return CanonicalJson.tree(response.body().getBytes(UTF_8));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static boolean isUp(HttpRequest health) throws IOException, InterruptedException {
    try {
      return CLIENT.send(health, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (java.net.ConnectException e) {
      return false; // not listening yet
    }
  }

  private static String log() {
    try {
      return Files.readString(shared.resolve("log"));
    } catch (IOException e) {
      return "mlflow left no log";
    }
  }
}
