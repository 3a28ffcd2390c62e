package dev.hindcast.core.mlflow;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hindcast.core.artefact.CanonicalJson;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * MLflow's REST API (version 2.0, its documentation "REST API") on one server. Every failure is an
 * {@link IOException} whose message is a sentence without credentials. Redirects are not followed:
 * they could carry the credentials elsewhere.
 */
public final class MlflowApi {
  private static final int NOT_FOUND = 404;
  private static final int LONGEST_REASON = 200;

  private final URI address;
  private final Duration timeout;
  private final Optional<String> authorization;
  private final HttpClient client;

  /** A tag or parameter, as the API has them in lists. */
  public record Entry(String key, String value) {
    /**
     * All of a map.
     *
     * @param longest characters of a value; longer ones are cut
     */
    public static List<Entry> of(Map<String, String> values, int longest) {
      return values.entrySet().stream()
          .map(entry -> new Entry(entry.getKey(), shortened(entry.getValue(), longest)))
          .toList();
    }
  }

  /**
   * A server that nobody has asked anything yet.
   *
   * @param address http or https, without credentials
   * @param timeout for each call
   * @param environment where credentials are looked up: MLFLOW_TRACKING_TOKEN, or
   *     MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD
   */
  public MlflowApi(URI address, Duration timeout, Map<String, String> environment) {
    this.address = requireServer(address);
    this.timeout = timeout;
    this.authorization = authorization(environment);
    this.client = HttpClient.newBuilder().connectTimeout(timeout).build();
  }

  /**
   * A server's address from a config or the command line.
   *
   * @throws IllegalArgumentException for what is none, or holds credentials; its message begins
   *     with {@code mlflow} and never repeats them
   */
  public static URI address(String text) {
    try {
      return requireServer(new URI(text));
    } catch (URISyntaxException e) { // not URI.create, whose message would repeat a password
      throw new IllegalArgumentException(
          "mlflow is no address (" + e.getReason() + "); it should be like http://host:5000.", e);
    }
  }

  /** The address, if it can be a server's. */
  public static URI requireServer(URI address) {
    boolean isWeb = "http".equals(address.getScheme()) || "https".equals(address.getScheme());
    if (!isWeb || address.getHost() == null) {
      throw new IllegalArgumentException(
          "mlflow should be a tracking server's address, such as http://mlflow.internal:5000.");
    }
    if (address.getUserInfo() != null) {
      throw new IllegalArgumentException(
          "mlflow holds a user name or password, which would end up in logs. Set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN, in the environment instead.");
    }
    return address;
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

  /** Where it is. */
  public URI address() {
    return address;
  }

  /**
   * Looks something up.
   *
   * @param call such as {@code experiments/get-by-name}
   * @return its answer; empty where there is no such thing
   */
  public Optional<JsonNode> get(String call, Map<String, String> query)
      throws IOException, InterruptedException {
    String parameters =
        query.entrySet().stream()
            .map(each -> each.getKey() + "=" + encoded(each.getValue()))
            .collect(Collectors.joining("&"));
    HttpResponse<String> response = send(request(call + "?" + parameters).GET());
    return response.statusCode() == NOT_FOUND ? Optional.empty() : Optional.of(json(response));
  }

  /** Makes or changes something, and gives the answer. */
  public JsonNode post(String call, Map<String, ?> content)
      throws IOException, InterruptedException {
    return send("POST", call, content);
  }

  /** Takes something away, and gives the answer. */
  public JsonNode delete(String call, Map<String, ?> content)
      throws IOException, InterruptedException {
    return send("DELETE", call, content);
  }

  private JsonNode send(String method, String call, Map<String, ?> content)
      throws IOException, InterruptedException {
    return json(
        send(
            request(call)
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(CanonicalJson.line(content)))));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static String shortened(String text, int longest) {
    return text.length() <= longest ? text : text.substring(0, longest - 1) + "…";
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
              + shortened(body.path("message").asText("no reason given"), LONGEST_REASON));
    }
    return body;
  }
}
