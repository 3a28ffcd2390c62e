package dev.hindcast.serving.scorer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.policy.Bundle;
import dev.hindcast.core.policy.Policy;
import dev.hindcast.evaluation.scoring.Acting;
import dev.hindcast.evaluation.scoring.DecisionScorer;
import dev.hindcast.evaluation.scoring.ScoredDecision;
import dev.hindcast.ingestion.mapping.FieldMapping;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One loaded bundle that decides. It is plain Java without an engine, safe for use from several
 * threads, and draws as {@code hindcast score} does: the same id and seed get the same action.
 */
public final class PolicyScorer {
  private final FieldReader fields;
  private final DecisionScorer scorer;
  private final ServedVersion version;

  private PolicyScorer(FieldReader fields, DecisionScorer scorer, ServedVersion version) {
    this.fields = fields;
    this.scorer = scorer;
    this.version = version;
  }

  /**
   * A scorer.
   *
   * @param bundle a policy's
   * @param version how it is called in answers
   * @param mapping which fields of a request mean what, as for the log
   * @param keepsMissing whether numbers may be missing
   * @throws UserError (usage) when it cannot serve with this mapping or behavior
   */
  public static PolicyScorer of(
      Bundle bundle,
      ServedVersion version,
      FieldMapping mapping,
      boolean keepsMissing,
      Behavior behavior) {
    Policy policy =
        bundle
            .policy()
            .orElseThrow(
                () ->
                    UserError.usage(
                        "Cannot serve "
                            + bundle.manifest().name()
                            + ": it is a "
                            + bundle.manifest().kind()
                            + ", not a policy."));
    if (behavior.mode() == ActingMode.EPSILON) {
      if (bundle.manifest().actionSpace() instanceof ActionSpace.Box) {
        throw UserError.usage(
            "Cannot serve "
                + bundle.manifest().name()
                + " with mode epsilon: that is for discrete actions. Use sample or greedy.");
      }
      policy = new EpsilonGreedy(policy, behavior.epsilon());
    }
    return new PolicyScorer(
        FieldReader.of(mapping, bundle.manifest(), keepsMissing),
        new DecisionScorer(
            policy,
            List.of(),
            behavior.mode() == ActingMode.GREEDY ? Acting.GREEDY : Acting.SAMPLE,
            behavior.seed()),
        version);
  }

  /** Who decides. */
  public ServedVersion version() {
    return version;
  }

  /** The fields that a request must have. */
  public List<String> fields() {
    return fields.names();
  }

  /**
   * One decision for each object; all or none.
   *
   * @param ids what tells these decisions from all others, one for each object
   * @throws UserError (data) that says which field of which object is missing or wrong
   */
  public List<Decision> decide(List<ObjectNode> objects, List<String> ids) {
    List<Optional<ScoredDecision>> scored = scorer.score(fields.read(objects, ids));
    List<Decision> decisions = new ArrayList<>(scored.size());
    for (int i = 0; i < scored.size(); i++) {
      ScoredDecision one = scored.get(i).orElseThrow();
      if (!(one.propensity().orElse(1) > 0
          && one.propensity().orElse(1) < Double.POSITIVE_INFINITY)) {
        throw new IllegalStateException(
            "Policy "
                + version.inWords()
                + " chose an action with probability "
                + one.propensity().getAsDouble()
                + ", which cannot be logged.");
      }
      decisions.add(
          new Decision(
              ids.get(i),
              one.action(),
              one.vector(),
              one.propensity(),
              one.probabilities(),
              version));
    }
    return decisions;
  }
}
