package dev.hindcast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hindcast.core.artefact.CanonicalJson;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The loop: a log trains policies, they are served, and what they decided is the next log. */
class ServeIT {
  private static final String CONFIG =
      """
      name: shop
      ingest:
        source: {format: json, path: log.jsonl}
        episode: {id: visit, step: step}
        observation: {numeric: [age], categorical: [device]}
        action: {discrete: offer, size: 3}
        reward: sold
        terminated: left
        propensity: {probability: p}
      train:
        algorithms:
          - behavior-cloning
          - {name: behavior-cloning-trees}
        updates: 50
      stream:
        decisions: {path: decisions}
        rewards: {path: rewards}
        columns: {id: text, visit: text, step: whole, age: number, device: text, offer: whole, p: number, left: flag, sold: number, at: time}
        time: at
        decision-id: id
        reward: {within: 1 min, otherwise: 0}
        output: stream
      serve:
        registry: {path: registry, look-every: 50 ms}
        port: 0
        rewards: {}
      """;

  @TempDir private Path folder;
  private final HttpClient client = HttpClient.newHttpClient();
  private String base = "";

  private Path config() throws IOException {
    Random random = new Random(5);
    List<String> log = new ArrayList<>();
    for (int visit = 0; visit < 200; visit++) {
      for (int step = 0; step < 3; step++) {
        log.add(
            String.format(
                Locale.ROOT,
                "{\"visit\": \"v%d\", \"step\": %d, \"age\": %.1f, \"device\": \"%s\", \"offer\": %d, \"p\": 0.25, \"left\": %b, \"sold\": %.1f}",
                visit,
                step,
                20 + random.nextInt(400) / 10.0,
                random.nextBoolean() ? "phone" : "desk",
                random.nextInt(3),
                step == 2,
                random.nextDouble()));
      }
    }
    Files.write(folder.resolve("log.jsonl"), log);
    return Files.writeString(folder.resolve("shop.yaml"), CONFIG);
  }

  private Hindcast sound(Object... arguments) {
    Hindcast result = Hindcast.run(arguments);
    assertThat(result.exitCode()).as(result.err()).isZero();
    return result;
  }

  private void promote(String bundle) {
    sound(
        "promote",
        "--registry",
        folder.resolve("registry"),
        "--policy",
        "shop",
        "--bundle",
        folder.resolve("bundles").resolve(bundle),
        "--force",
        "no-report",
        "--reason",
        "a test");
  }

  private JsonNode post(String path, String body) throws IOException, InterruptedException {
    HttpResponse<String> response =
        client.send(
            HttpRequest.newBuilder(URI.create(base + path))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return CanonicalJson.tree(response.body().getBytes(StandardCharsets.UTF_8));
  }

  private String version() throws IOException, InterruptedException {
    return client
        .send(
            HttpRequest.newBuilder(URI.create(base + "/version")).build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  @Test
  void whatWasServedIsTheNextLog() throws Exception {
    Path config = config();
    Path dataset = folder.resolve("dataset");
    sound("ingest", "--config", config, "--output", dataset);
    sound("train", "--config", config, "--dataset", dataset, "--output", folder.resolve("bundles"));
    promote("behavior-cloning-seed0");

    Process process = Hindcast.launch("serve", "--config", config);
    try (BufferedReader words =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      StringBuilder heard = new StringBuilder();
      for (String line = words.readLine(); line != null; line = words.readLine()) {
        heard.append(line).append('\n');
        if (line.startsWith("Serving ")) {
          base = line.substring(line.indexOf("http://"));
          break;
        }
      }
      assertThat(base).as(heard.toString()).isNotEmpty();
      for (int visit = 0; visit < 40; visit++) {
        if (visit == 20) {
          promote("behavior-cloning-trees-seed0");
          while (!version().contains("\"number\":2")) {
            Thread.onSpinWait();
          }
        }
        for (int step = 0; step < 2; step++) {
          JsonNode answer =
              post(
                  "/decide",
                  "{\"visit\": \"w%d\", \"step\": %d, \"age\": %d, \"device\": \"phone\", \"left\": %b}"
                      .formatted(visit, step, 20 + visit, step == 1));
          assertThat(answer.path("version").asInt()).isEqualTo(visit < 20 ? 1 : 2);
          if (answer.path("action").asInt() == 1) {
            post(
                "/reward",
                "{\"id\": \"%s\", \"sold\": 2.5}".formatted(answer.path("decision_id").asText()));
          }
        }
      }
      process.toHandle().destroy(); // as a scheduler or Ctrl-C stops it
      assertThat(words.lines())
          .anyMatch(line -> line.startsWith("From now on version 2 of shop"))
          .anyMatch(line -> line.startsWith("Interrupted."));
      assertThat(process.waitFor()).isEqualTo(ExitCode.INTERRUPTED);
    } finally {
      process.destroyForcibly();
    }

    Hindcast stream = Hindcast.runInItsOwnProcess("stream", "run", "--config", config);
    assertThat(stream.exitCode()).as(stream.out()).isZero();
    assertThat(stream.out())
        .containsPattern("episodes +40\n")
        .containsPattern("steps +80\n")
        .doesNotContain("dead-letters");
    Path next = folder.resolve("next");
    sound(
        "ingest",
        "--config",
        config,
        "--output",
        next,
        "--set",
        "ingest.source={path: stream/rows}");
    JsonNode manifest = CanonicalJson.tree(Files.readAllBytes(next.resolve("manifest.json")));
    assertThat(manifest.path("rows").path("kept").asInt()).isEqualTo(80);
    assertThat(manifest.path("has_propensity").asBoolean()).isTrue();
  }
}
