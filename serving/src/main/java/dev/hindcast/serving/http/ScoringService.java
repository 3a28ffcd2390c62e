package dev.hindcast.serving.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.config.UserError;
import dev.hindcast.serving.log.LineFiles;
import dev.hindcast.serving.scorer.Decision;
import dev.hindcast.serving.scorer.LivePolicy;
import dev.hindcast.serving.scorer.PolicyScorer;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Answers questions and keeps the log. A decision is answered after its row was written, never
 * before: what cannot be logged is not decided. Safe for use from several threads.
 */
final class ScoringService {
  private final LivePolicy policy;
  private final EventRows rows;
  private final LineFiles decisions;
  private final Optional<LineFiles> rewards;
  private final InstantSource clock;

  ScoringService(
      LivePolicy policy,
      EventRows rows,
      LineFiles decisions,
      Optional<LineFiles> rewards,
      InstantSource clock) {
    this.policy = policy;
    this.rows = rows;
    this.decisions = decisions;
    this.rewards = rewards;
    this.clock = clock;
  }

  /** Who decides. */
  LivePolicy policy() {
    return policy;
  }

  /** Whether rewards are taken. */
  boolean takesRewards() {
    return rewards.isPresent();
  }

  /**
   * Decides for one object or a list of them, all or none.
   *
   * @param withProbabilities whether the answer holds the probability of every action
   * @return an answer of the same shape
   * @throws UserError (data) that says what is wrong with the question
   * @throws IOException when the decisions could not be logged
   */
  JsonNode decide(JsonNode body, boolean withProbabilities) throws IOException {
    List<ObjectNode> requests = objects(body);
    PolicyScorer scorer = policy.current();
    List<String> ids = new ArrayList<>(requests.size());
    for (ObjectNode request : requests) {
      rows.requireKnown(request, scorer.fields());
      ids.add(rows.decisionId(request));
    }
    List<Decision> made = scorer.decide(requests, ids);
    Instant now = clock.instant();
    List<String> lines = new ArrayList<>(made.size());
    for (int i = 0; i < made.size(); i++) {
      lines.add(CanonicalJson.line(rows.decision(requests.get(i), made.get(i), now)));
    }
    decisions.append(lines);
    return shaped(body, made.stream().map(d -> (JsonNode) answer(d, withProbabilities)).toList());
  }

  /**
   * Logs one reward or a list of them, all or none.
   *
   * @return how many
   */
  JsonNode reward(JsonNode body) throws IOException {
    Instant now = clock.instant();
    List<String> lines =
        objects(body).stream().map(one -> CanonicalJson.line(rows.reward(one, now))).toList();
    rewards.orElseThrow().append(lines);
    return JsonNodeFactory.instance.objectNode().put("rewards", lines.size());
  }

  /** Completes files that are due. */
  void roll() throws IOException {
    decisions.rollIfDue();
    if (rewards.isPresent()) {
      rewards.get().rollIfDue();
    }
  }

  /** Tries whether the log can be written, after it could not. */
  void probe() throws IOException {
    decisions.probe();
    if (rewards.isPresent()) {
      rewards.get().probe();
    }
  }

  /** Completes all files. */
  void close() throws IOException {
    try {
      decisions.close();
    } finally {
      if (rewards.isPresent()) {
        rewards.get().close();
      }
    }
  }

  private static List<ObjectNode> objects(JsonNode body) {
    List<ObjectNode> objects = new ArrayList<>();
    for (JsonNode one : body.isArray() ? body : List.of(body)) {
      if (!(one instanceof ObjectNode object)) {
        throw UserError.data(
            "Cannot read the body: it should be a JSON object, or a list of them.");
      }
      objects.add(object);
    }
    if (objects.isEmpty()) {
      throw UserError.data("Cannot read the body: the list is empty.");
    }
    return objects;
  }

  private static JsonNode shaped(JsonNode body, List<JsonNode> answers) {
    if (!body.isArray()) {
      return answers.get(0);
    }
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    list.addAll(answers);
    return list;
  }

  private static ObjectNode answer(Decision decision, boolean withProbabilities) {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer.put("decision_id", decision.id());
    if (decision.isInBox()) {
      answer.set("action", EventRows.list(decision.vector()));
      decision.propensity().ifPresent(p -> answer.put("density", p));
    } else {
      answer.put("action", decision.action());
      decision.propensity().ifPresent(p -> answer.put("probability", p));
    }
    if (withProbabilities && !decision.isInBox()) {
      ArrayNode all = answer.putArray("probabilities");
      for (double p : decision.probabilities()) {
        all.add(p);
      }
    }
    answer.put("policy", decision.version().policy());
    answer.put("policy_version", decision.version().fingerprint().value());
    decision.version().number().ifPresent(number -> answer.put("version", number));
    return answer;
  }
}
