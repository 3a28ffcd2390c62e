package dev.hindcast.training.tracking;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hindcast.core.artefact.CanonicalJson;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The few calls of MLflow's REST API (version 2.0, its documentation "REST API") that recording a
 * run needs. Every failure is an {@link IOException} whose message is a sentence without
 * credentials. Redirects are not followed: they could carry the credentials elsewhere.
 */
final class MlflowServer {
  /** The API's own limits for one {@code log-batch}. */
  private static final int MOST_METRICS = 1_000;

  private static final int MOST_PARAMETERS = 100;

  /** Longest text of a parameter that every release of the server takes. */
  private static final int LONGEST_PARAMETER = 500;

  private static final int LONGEST_TAG = 4_000;
  private static final int NOT_FOUND = 404;

  private final URI address;
  private final Duration timeout;
  private final Optional<String> authorization;
  private final HttpClient client;

  /** One value of one metric. */
  record Metric(String key, double value, long timestamp, long step) {}

  private record Entry(String key, String value) {}

  /**
   * A server that nobody has asked anything yet.
   *
   * @param timeout for each call
   * @param environment where credentials are looked up
   */
  MlflowServer(URI address, Duration timeout, Map<String, String> environment) {
    this.address = address;
    this.timeout = timeout;
    this.authorization = authorization(environment);
    this.client = HttpClient.newBuilder().connectTimeout(timeout).build();
  }

  private static Optional<String> authorization(Map<String, String> environment) {
    String token = environment.getOrDefault("MLFLOW_TRACKING_TOKEN", "").strip();
    if (!token.isEmpty()) {
      return Optional.of("Bearer " + token);
    }
    String user = environment.getOrDefault("MLFLOW_TRACKING_USERNAME", "");
    String password = environment.getOrDefault("MLFLOW_TRACKING_PASSWORD", "");
    return user.isEmpty() && password.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "Basic "
                + Base64.getEncoder()
                    .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8)));
  }

  /** The id of an experiment, made if it is not there. */
  String experiment(String name) throws IOException, InterruptedException {
    HttpResponse<String> found =
        send(
            request(
                    "experiments/get-by-name?experiment_name="
                        + URLEncoder.encode(name, StandardCharsets.UTF_8))
                .GET());
    if (found.statusCode() == NOT_FOUND) {
      return post("experiments/create", Map.of("name", name)).path("experiment_id").asText();
    }
    return json(found).path("experiment").path("experiment_id").asText();
  }

  /** Begins a run and gives its id. */
  String begin(String experiment, String name, Map<String, String> tags, long startTime)
      throws IOException, InterruptedException {
    JsonNode answer =
        post(
            "runs/create",
            Map.of(
                "experiment_id",
                experiment,
                "run_name",
                name,
                "start_time",
                startTime,
                "tags",
                entries(tags, LONGEST_TAG)));
    String id = answer.path("run").path("info").path("run_id").asText();
    if (id.isEmpty()) {
      throw new IOException(address + " answered without a run id: is it an MLflow server?");
    }
    return id;
  }

  void parameters(String run, Map<String, String> parameters)
      throws IOException, InterruptedException {
    for (List<Entry> chunk : chunks(entries(parameters, LONGEST_PARAMETER), MOST_PARAMETERS)) {
      post("runs/log-batch", Map.of("run_id", run, "params", chunk));
    }
  }

  void tags(String run, Map<String, String> tags) throws IOException, InterruptedException {
    post("runs/log-batch", Map.of("run_id", run, "tags", entries(tags, LONGEST_TAG)));
  }

  void metrics(String run, List<Metric> metrics) throws IOException, InterruptedException {
    for (List<Metric> chunk : chunks(metrics, MOST_METRICS)) {
      post("runs/log-batch", Map.of("run_id", run, "metrics", chunk));
    }
  }

  /** Ends a run; {@code status} is FINISHED, FAILED or KILLED. */
  void end(String run, String status, long endTime) throws IOException, InterruptedException {
    post("runs/update", Map.of("run_id", run, "status", status, "end_time", endTime));
  }

  private static List<Entry> entries(Map<String, String> values, int longest) {
    return values.entrySet().stream()
        .map(entry -> new Entry(entry.getKey(), shortened(entry.getValue(), longest)))
        .toList();
  }

  private static String shortened(String text, int longest) {
    return text.length() <= longest ? text : text.substring(0, longest - 1) + "…";
  }

  private static <T> List<List<T>> chunks(List<T> all, int size) {
    List<List<T>> chunks = new ArrayList<>();
    for (int from = 0; from < all.size(); from += size) {
      chunks.add(all.subList(from, Math.min(all.size(), from + size)));
    }
    return chunks;
  }

  private JsonNode post(String call, Map<String, ?> content)
      throws IOException, InterruptedException {
    return json(
        send(
            request(call)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(CanonicalJson.line(content)))));
  }

  private HttpRequest.Builder request(String call) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
                URI.create(address.toString().replaceFirst("/+$", "") + "/api/2.0/mlflow/" + call))
            .timeout(timeout);
    try {
      authorization.ifPresent(value -> request.header("Authorization", value));
    } catch (IllegalArgumentException e) { // its message would repeat the credentials
      throw new IOException(
          "the credentials in MLFLOW_TRACKING_TOKEN, or user name and password, hold characters that cannot be sent");
    }
    return request;
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    try {
      return client.send(request.build(), BodyHandlers.ofString());
    } catch (HttpTimeoutException e) {
      throw new IOException(address + " did not answer within " + timeout.toSeconds() + " s", e);
    } catch (ConnectException e) {
      throw new IOException(address + " cannot be reached", e);
    }
  }

  private JsonNode json(HttpResponse<String> response) throws IOException {
    int status = response.statusCode();
    if (status == 401 || status == 403) {
      throw new IOException(
          address
              + " refused the credentials ("
              + status
              + "): set MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD");
    }
    JsonNode body;
    try {
      body = CanonicalJson.tree(response.body().getBytes(StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      throw new IOException(
          address + " answered " + status + " with something that is not MLflow's JSON", e);
    }
    if (status != 200) {
      throw new IOException(
          address
              + " answered "
              + status
              + ": "
              + shortened(body.path("message").asText("no reason given"), 200));
    }
    return body;
  }
}
