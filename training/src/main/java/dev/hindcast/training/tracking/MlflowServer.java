package dev.hindcast.training.tracking;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hindcast.core.mlflow.MlflowApi;
import dev.hindcast.core.mlflow.MlflowApi.Entry;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The few calls of MLflow's API that recording a run needs; they fail as {@link MlflowApi} does.
 */
final class MlflowServer {
  /** The API's own limits for one {@code log-batch}. */
  private static final int MOST_METRICS = 1_000;

  private static final int MOST_PARAMETERS = 100;

  /** Longest text of a parameter that every release of the server takes. */
  private static final int LONGEST_PARAMETER = 500;

  private static final int LONGEST_TAG = 4_000;

  private final MlflowApi api;

  /** One value of one metric. */
  record Metric(String key, double value, long timestamp, long step) {}

  /**
   * A server that nobody has asked anything yet.
   *
   * @param timeout for each call
   * @param environment where credentials are looked up
   */
  MlflowServer(URI address, Duration timeout, Map<String, String> environment) {
    api = new MlflowApi(address, timeout, environment);
  }

  /** The id of an experiment, made if it is not there. */
  String experiment(String name) throws IOException, InterruptedException {
    Optional<JsonNode> found = api.get("experiments/get-by-name", Map.of("experiment_name", name));
    return found.isPresent()
        ? found.get().path("experiment").path("experiment_id").asText()
        : api.post("experiments/create", Map.of("name", name)).path("experiment_id").asText();
  }

  /** Begins a run and gives its id. */
  String begin(String experiment, String name, Map<String, String> tags, long startTime)
      throws IOException, InterruptedException {
    JsonNode answer =
        api.post(
            "runs/create",
            Map.of(
                "experiment_id",
                experiment,
                "run_name",
                name,
                "start_time",
                startTime,
                "tags",
                Entry.of(tags, LONGEST_TAG)));
    String id = answer.path("run").path("info").path("run_id").asText();
    if (id.isEmpty()) {
      throw new IOException(api.address() + " answered without a run id: is it an MLflow server?");
    }
    return id;
  }

  void parameters(String run, Map<String, String> parameters)
      throws IOException, InterruptedException {
    for (List<Entry> chunk : chunks(Entry.of(parameters, LONGEST_PARAMETER), MOST_PARAMETERS)) {
      api.post("runs/log-batch", Map.of("run_id", run, "params", chunk));
    }
  }

  void tags(String run, Map<String, String> tags) throws IOException, InterruptedException {
    api.post("runs/log-batch", Map.of("run_id", run, "tags", Entry.of(tags, LONGEST_TAG)));
  }

  void metrics(String run, List<Metric> metrics) throws IOException, InterruptedException {
    for (List<Metric> chunk : chunks(metrics, MOST_METRICS)) {
      api.post("runs/log-batch", Map.of("run_id", run, "metrics", chunk));
    }
  }

  /** Ends a run; {@code status} is FINISHED, FAILED or KILLED. */
  void end(String run, String status, long endTime) throws IOException, InterruptedException {
    api.post("runs/update", Map.of("run_id", run, "status", status, "end_time", endTime));
  }

  private static <T> List<List<T>> chunks(List<T> all, int size) {
    List<List<T>> chunks = new ArrayList<>();
    for (int from = 0; from < all.size(); from += size) {
      chunks.add(all.subList(from, Math.min(all.size(), from + size)));
    }
    return chunks;
  }
}
