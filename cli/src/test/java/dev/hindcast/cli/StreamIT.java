package dev.hindcast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a stream wrote is ingested to the very data files that batch makes of the whole log. */
class StreamIT {
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
        checks: {invalid-propensity: {at-most: 10%}}
      stream:
        decisions: {path: decisions}
        rewards: {path: rewards}
        columns: {id: text, visit: text, step: whole, age: number, device: text, offer: whole, p: number, left: flag, sold: number, at: whole}
        time: {column: at, unit: milliseconds}
        decision-id: id
        reward: {within: 1 min, otherwise: 0}
        lateness: 30 s
        output: stream
      """;

  @TempDir private Path folder;

  private void shop() throws IOException {
    Random random = new Random(11);
    List<String> log = new ArrayList<>();
    TreeMap<Long, String> decisions = new TreeMap<>();
    TreeMap<Long, String> rewards = new TreeMap<>();
    for (int visit = 0; visit < 300; visit++) {
      int steps = 1 + random.nextInt(4);
      for (int step = 0; step < steps; step++) {
        long at = 1_700_000_000_000L + visit * 1000L + step * 2000L;
        boolean isSold = random.nextBoolean();
        String decision =
            String.format(
                Locale.ROOT,
                "{\"id\": \"%d-%d\", \"visit\": \"v%d\", \"step\": %d, \"age\": %.1f, \"device\": \"%s\", \"offer\": %d, \"p\": %s, \"left\": %b, \"at\": %d",
                visit,
                step,
                visit,
                step,
                20 + random.nextInt(400) / 10.0,
                random.nextBoolean() ? "phone" : "desk",
                random.nextInt(3),
                visit % 50 == 3 ? "1.5" : "0.25",
                step == steps - 1,
                at);
        log.add(decision + ", \"sold\": " + (isSold ? 2.5 : 0.0) + "}");
        // arriving up to half a minute late, some of them twice
        decisions.put(at * 1000 + random.nextInt(30_000) * 1000L + visit, decision + "}");
        if (random.nextInt(4) == 0) {
          decisions.put(at * 1000 + random.nextInt(30_000) * 1000L + visit, decision + "}");
        }
        if (isSold) {
          rewards.put(
              (at + 5000) * 1000 + random.nextInt(25_000) * 1000L + visit,
              "{\"id\": \"%d-%d\", \"sold\": 2.5, \"at\": %d}".formatted(visit, step, at + 5000));
        }
      }
    }
    Collections.shuffle(log, random);
    Files.write(folder.resolve("log.jsonl"), log);
    Files.write(
        Files.createDirectory(folder.resolve("decisions")).resolve("a"), decisions.values());
    Files.write(Files.createDirectory(folder.resolve("rewards")).resolve("a"), rewards.values());
    Files.writeString(folder.resolve("shop.yaml"), CONFIG);
  }

  @Test
  void streamAndBatchMakeTheSameDataFiles() throws Exception {
    shop();
    Path config = folder.resolve("shop.yaml");
    Hindcast stream = Hindcast.runInItsOwnProcess("stream", "run", "--config", config);
    assertThat(stream.out()).contains("duplicates").contains("dead-letters.invalid-propensity");
    assertThat(stream.exitCode()).isZero();

    Path batch = folder.resolve("batch");
    Path streamed = folder.resolve("streamed");
    Hindcast one = Hindcast.run("ingest", "--config", config, "--output", batch);
    assertThat(one.exitCode()).as(one.err()).isZero();
    Hindcast other =
        Hindcast.run(
            "ingest",
            "--config",
            config,
            "--output",
            streamed,
            "--set",
            "ingest.source={path: stream/rows}");
    assertThat(other.exitCode()).as(other.err()).isZero();
    int files = 0;
    for (String part : List.of("training", "held_out")) {
      for (int file = 0; file < 2; file++) {
        String name = "data/" + part + "/part-0000" + file + ".parquet";
        assertThat(streamed.resolve(name)).as(name).hasSameBinaryContentAs(batch.resolve(name));
        files++;
      }
    }
    assertThat(files).isEqualTo(4);
  }

  @Test
  void mistakesInTheConfigAreToldAsByOtherVerbs() throws Exception {
    shop();
    Hindcast stream =
        Hindcast.runInItsOwnProcess(
            "stream",
            "check",
            "--config",
            folder.resolve("shop.yaml"),
            "--set",
            "stream.latenes=1 s");
    assertThat(stream.err())
        .contains("Unknown key stream.latenes in --set")
        .contains("Did you mean stream.lateness?")
        .doesNotContain("\tat ");
    assertThat(stream.exitCode()).isEqualTo(2);
    assertThat(Hindcast.run("validate", "--config", folder.resolve("shop.yaml")).exitCode())
        .isZero();
  }
}
