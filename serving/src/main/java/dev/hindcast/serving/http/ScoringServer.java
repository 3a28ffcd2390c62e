package dev.hindcast.serving.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.policy.BundleLoader;
import dev.hindcast.serving.log.LineFiles;
import dev.hindcast.serving.registry.Registry;
import dev.hindcast.serving.scorer.LivePolicy;
import dev.hindcast.serving.scorer.PolicyScorer;
import dev.hindcast.serving.scorer.ServedVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A policy behind HTTP, on the server that comes with Java. Requests beyond those that may wait are
 * refused at once with 503, so that none waits longer than the others allow; {@link #close} answers
 * what is under way, completes the log, and only then ends.
 */
public final class ScoringServer implements AutoCloseable {
  private static final int LARGEST_BODY = 1 << 20;
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String JSON = "application/json";

  static {
    // read once by the JDK's server: without the first, answers on kept connections wait 40 ms
    setUnlessSet("sun.net.httpserver.nodelay", "true");
    setUnlessSet(
        "sun.net.httpserver.maxIdleConnections", "10000"); // of 200, busy clients lose some
    setUnlessSet("sun.net.httpserver.idleInterval", "300"); // seconds; clients should hang up first
    setUnlessSet("sun.net.httpserver.maxReqTime", "30");
    setUnlessSet("sun.net.httpserver.maxRspTime", "60");
  }

  private final ScoringService service;
  private final ServerMetrics metrics;
  private final Consumer<String> events;
  private final HttpServer server;
  private final ExecutorService threads;
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final List<Future<?>> repeated;
  private final int mostWaiting;
  private final ThreadLocal<Boolean> crowded = ThreadLocal.withInitial(() -> false);
  private final Object gate = new Object();
  private int waiting;
  private volatile boolean draining;
  private volatile Optional<String> logProblem = Optional.empty();

  private ScoringServer(ScoringService service, ServeConfig config, Consumer<String> events) {
    this.service = service;
    this.events = events;
    ServeConfig.Listening listening = config.listening();
    mostWaiting = listening.mostWaiting();
    metrics = new ServerMetrics(service.policy(), this::waiting);
    threads = Executors.newFixedThreadPool(listening.threads());
    server = bind(listening);
    server.setExecutor(this::execute);
    server.createContext("/decide", exchange -> handle(exchange, "/decide", this::decide));
    server.createContext("/reward", exchange -> handle(exchange, "/reward", this::reward));
    server.createContext("/health", exchange -> handle(exchange, "/health", this::health));
    server.createContext("/ready", exchange -> handle(exchange, "/ready", this::ready));
    server.createContext("/version", exchange -> handle(exchange, "/version", this::version));
    server.createContext("/metrics", exchange -> handle(exchange, "/metrics", this::metrics));
    server.createContext("/", exchange -> handle(exchange, "other", this::nothing));
    long lookEvery = config.registry().map(source -> source.lookEvery().toMillis()).orElse(1000L);
    repeated =
        List.of(
            timer.scheduleWithFixedDelay(this::look, lookEvery, lookEvery, TimeUnit.MILLISECONDS),
            timer.scheduleWithFixedDelay(this::roll, 250, 250, TimeUnit.MILLISECONDS));
    server.start();
  }

  /**
   * Loads the policy, opens the log, and begins to listen.
   *
   * @param events told what happens while it serves: versions taken or refused, trouble with the
   *     log
   * @throws UserError when the policy cannot be served, or somebody else listens there
   */
  public static ScoringServer start(
      ServeConfig config, BundleLoader loader, Consumer<String> events) {
    LivePolicy policy =
        config
            .registry()
            .map(
                source ->
                    LivePolicy.of(
                        Registry.at(source.path()).policy(source.policy()),
                        source.alias(),
                        loader,
                        (bundle, version) -> scorer(config, bundle, version)))
            .orElseGet(
                () ->
                    LivePolicy.of(
                        config.bundle().orElseThrow(),
                        loader,
                        (bundle, version) -> scorer(config, bundle, version)));
    InstantSource clock = InstantSource.system();
    ScoringService service =
        new ScoringService(
            policy,
            new EventRows(config.mapping(), config.columns()),
            files(config.decisions(), "decisions", clock),
            config.rewards().map(rewards -> files(rewards, "rewards", clock)),
            clock);
    return new ScoringServer(service, config, events);
  }

  private static PolicyScorer scorer(
      ServeConfig config, dev.hindcast.core.policy.Bundle bundle, ServedVersion version) {
    return PolicyScorer.of(
        bundle, version, config.mapping(), config.keepsMissing(), config.behavior());
  }

  private static LineFiles files(ServeConfig.Files files, String prefix, InstantSource clock) {
    return new LineFiles(
        Path.of(files.path()), prefix, files.rollEvery(), files.rollLines(), clock);
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return server.getAddress();
  }

  /** Who decides now. */
  public ServedVersion served() {
    return service.policy().current().version();
  }

  /**
   * Refuses what comes from now on, answers what is under way, and completes the log: every
   * answered decision is in it.
   */
  @Override
  public void close() {
    draining = true;
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    synchronized (gate) {
      try {
        for (long left = PATIENCE.toMillis(); waiting > 0 && left > 0; ) {
          gate.wait(left);
          left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    server.stop(0);
    repeated.forEach(task -> task.cancel(false));
    timer.shutdown();
    threads.shutdown();
    try {
      service.close();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot complete the log.", e);
    }
  }

  private static HttpServer bind(ServeConfig.Listening listening) {
    try {
      return HttpServer.create(new InetSocketAddress(listening.address(), listening.port()), 1024);
    } catch (BindException e) {
      throw new UserError(
          UserError.Kind.CONFLICT,
          "Cannot listen on "
              + listening.address()
              + ":"
              + listening.port()
              + ": "
              + e.getMessage()
              + ". Name another port (serve.port), or 0 for any that is free.",
          e);
    } catch (IOException | IllegalArgumentException e) {
      throw new UserError(
          UserError.Kind.USAGE,
          "Cannot listen on " + listening.address() + ": " + e.getMessage() + ".",
          e);
    }
  }

  int waiting() {
    synchronized (gate) {
      return waiting;
    }
  }

  private void execute(Runnable exchange) {
    boolean tooMany;
    synchronized (gate) {
      waiting++;
      tooMany = waiting > mostWaiting;
    }
    threads.execute(
        () -> {
          crowded.set(tooMany);
          try {
            exchange.run();
          } finally {
            synchronized (gate) {
              waiting--;
              gate.notifyAll();
            }
          }
        });
  }

  private void look() {
    if (service.policy().look()) {
      events.accept(
          service
              .policy()
              .refusal()
              .map(reason -> "warning: " + served().inWords() + " goes on deciding. " + reason)
              .orElseGet(() -> "From now on " + served().inWords() + " decides."));
    }
  }

  private void roll() {
    try {
      service.roll();
      if (logProblem.isPresent()) {
        service.probe(); // whoever asks /ready sends nothing until it can be written again
        events.accept("The log can be written again.");
        logProblem = Optional.empty();
      }
    } catch (IOException e) {
      troubled(e);
    }
  }

  private void troubled(IOException e) {
    Optional<String> reason = Optional.of(String.valueOf(e.getMessage()));
    if (!logProblem.equals(reason)) {
      events.accept("warning: the log cannot be written: " + reason.get());
    }
    logProblem = reason;
  }

  /** One answer. */
  @SuppressWarnings("ArrayRecordComponent") // on its way out; never compared
  private record Answer(int status, String type, byte[] body) {
    static Answer of(int status, JsonNode json) {
      return new Answer(
          status, JSON, (CanonicalJson.line(json) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    static Answer problem(int status, String words) {
      return of(status, JsonNodeFactory.instance.objectNode().put("problem", words));
    }
  }

  /** What an endpoint does. */
  private interface Endpoint {
    Answer answer(HttpExchange exchange) throws IOException;
  }

  private void handle(HttpExchange exchange, String name, Endpoint endpoint) throws IOException {
    long began = System.nanoTime();
    try (exchange) {
      Answer answer = answer(exchange, endpoint);
      exchange.getResponseHeaders().set("Content-Type", answer.type());
      exchange.sendResponseHeaders(answer.status(), answer.body().length);
      exchange.getResponseBody().write(answer.body());
      metrics.answered(name, answer.status(), System.nanoTime() - began);
    }
  }

  private Answer answer(HttpExchange exchange, Endpoint endpoint) {
    try {
      return endpoint.answer(exchange);
    } catch (UserError e) {
      return Answer.problem(400, e.getMessage());
    } catch (IOException e) {
      metrics.logFailed();
      troubled(e);
      return Answer.problem(
          503, "It could not be logged, so it was not done: " + e.getMessage() + ".");
    } catch (RuntimeException e) {
      events.accept("warning: a request failed: " + e);
      return Answer.problem(500, "This is a fault of the server: " + e.getMessage());
    }
  }

  private Answer decide(HttpExchange exchange) throws IOException {
    return taking(
        exchange,
        body -> {
          JsonNode answer =
              service.decide(
                  body,
                  Optional.ofNullable(exchange.getRequestURI().getQuery())
                      .filter(query -> query.equals("probabilities=true"))
                      .isPresent());
          metrics.decided(answer.isArray() ? answer.size() : 1);
          return answer;
        });
  }

  private Answer reward(HttpExchange exchange) throws IOException {
    if (!service.takesRewards()) {
      return Answer.problem(
          404, "Rewards are not taken here: no folder is named for them (serve.rewards).");
    }
    return taking(
        exchange,
        body -> {
          JsonNode answer = service.reward(body);
          metrics.rewarded(answer.path("rewards").asInt());
          return answer;
        });
  }

  /** What is done with a body. */
  private interface Work {
    JsonNode of(JsonNode body) throws IOException;
  }

  private Answer taking(HttpExchange exchange, Work work) throws IOException {
    if (!exchange.getRequestMethod().equals("POST")) {
      exchange.getResponseHeaders().set("Allow", "POST");
      return Answer.problem(405, "Send it by POST.");
    }
    if (draining) {
      return Answer.problem(503, "The server is about to end.");
    }
    if (crowded.get()) {
      exchange.getResponseHeaders().set("Retry-After", "1");
      return Answer.problem(503, "Too many requests are waiting (serve.most-waiting).");
    }
    byte[] body;
    try {
      body = exchange.getRequestBody().readNBytes(LARGEST_BODY + 1);
    } catch (IOException e) {
      return Answer.problem(400, "The body could not be read: " + e.getMessage() + ".");
    }
    if (body.length > LARGEST_BODY) {
      return Answer.problem(413, "The body has more than " + LARGEST_BODY + " bytes.");
    }
    JsonNode json;
    try {
      json = CanonicalJson.tree(body);
    } catch (IllegalArgumentException e) {
      return Answer.problem(400, "The body is no JSON: " + e.getMessage());
    }
    return Answer.of(200, work.of(json));
  }

  /** Always 200 while the process lives; what is wrong stands in it. */
  private Answer health(HttpExchange exchange) {
    ObjectNode health = JsonNodeFactory.instance.objectNode();
    Optional<String> refusal = service.policy().refusal();
    boolean isWell = refusal.isEmpty() && logProblem.isEmpty();
    health.put("status", draining ? "ending" : isWell ? "well" : "degraded");
    refusal.ifPresent(reason -> health.put("refused_version", reason));
    logProblem.ifPresent(reason -> health.put("log", reason));
    health.set("serving", json(served()));
    return Answer.of(200, health);
  }

  private Answer ready(HttpExchange exchange) {
    if (draining) {
      return Answer.problem(503, "The server is about to end.");
    }
    return logProblem
        .map(reason -> Answer.problem(503, "The log cannot be written: " + reason))
        .orElseGet(() -> Answer.of(200, JsonNodeFactory.instance.objectNode().put("ready", true)));
  }

  private Answer version(HttpExchange exchange) {
    return Answer.of(200, json(served()));
  }

  private static ObjectNode json(ServedVersion version) {
    return (ObjectNode) CanonicalJson.tree(version);
  }

  private Answer metrics(HttpExchange exchange) throws IOException {
    return new Answer(200, ServerMetrics.CONTENT_TYPE, metrics.text());
  }

  private Answer nothing(HttpExchange exchange) {
    return Answer.problem(
        404, "Known here: POST /decide, POST /reward, /health, /ready, /version, /metrics.");
  }

  private static void setUnlessSet(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }
}
