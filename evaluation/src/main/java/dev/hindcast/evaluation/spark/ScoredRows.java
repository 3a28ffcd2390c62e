package dev.hindcast.evaluation.spark;

import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.DecisionRequests;
import dev.hindcast.core.policy.BundleManifest;
import dev.hindcast.evaluation.scoring.DecisionScorer;
import dev.hindcast.evaluation.scoring.ScoredDecision;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Rows of a log with what was decided in them: the log's columns, then ours. */
final class ScoredRows implements Serializable {
  private static final long serialVersionUID = 1L;

  static final String PROBLEM = "scoring_problem";

  private static final int BLOCK = 1024;

  private final PolicyScoring.Reader reader;
  private final Broadcast<DecisionScorer> scorer;
  private final String policy;
  private final String version;
  private final boolean discrete;
  private final boolean withValues;

  ScoredRows(
      PolicyScoring.Reader reader,
      Broadcast<DecisionScorer> scorer,
      BundleManifest policy,
      boolean withValues) {
    this.reader = reader;
    this.scorer = scorer;
    this.policy = policy.name();
    this.version = policy.fingerprint().toString();
    this.discrete = isDiscrete(policy);
    this.withValues = withValues;
  }

  /**
   * The columns of the result.
   *
   * @throws UserError (usage) when the log has one of ours already
   */
  static StructType schema(StructType log, BundleManifest policy, boolean withValues) {
    DataType numbers = DataTypes.createArrayType(DataTypes.DoubleType, false);
    StructType ours =
        new StructType()
            .add("decision_id", DataTypes.StringType)
            .add("policy", DataTypes.StringType)
            .add("policy_version", DataTypes.StringType);
    ours =
        isDiscrete(policy)
            ? ours.add("chosen_action", DataTypes.IntegerType)
                .add("chosen_probability", DataTypes.DoubleType)
                .add("action_probabilities", numbers)
            : ours.add("chosen_action", DataTypes.createArrayType(DataTypes.FloatType, false))
                .add("chosen_density", DataTypes.DoubleType);
    if (withValues) {
      ours = ours.add("chosen_value", DataTypes.DoubleType);
      ours = isDiscrete(policy) ? ours.add("action_values", numbers) : ours;
    }
    ours = ours.add(PROBLEM, DataTypes.StringType);
    List<String> taken = new ArrayList<>(Arrays.asList(log.fieldNames()));
    taken.retainAll(Arrays.asList(ours.fieldNames()));
    if (!taken.isEmpty()) {
      throw UserError.usage(
          "Cannot score the log: it has columns of the names that decisions are written to already: "
              + String.join(", ", taken)
              + ". If it has been scored before, score what it was made from; otherwise rename them.");
    }
    StructType all = log;
    for (var field : ours.fields()) {
      all = all.add(field);
    }
    return all;
  }

  /** The rows of one task, block by block. */
  Iterator<Row> of(Iterator<Row> rows) {
    return new Iterator<>() {
      private Iterator<Row> block = List.<Row>of().iterator();

      @Override
      public boolean hasNext() {
        return block.hasNext() || rows.hasNext();
      }

      @Override
      public Row next() {
        if (!block.hasNext()) {
          List<Row> some = new ArrayList<>();
          while (some.size() < BLOCK && rows.hasNext()) {
            some.add(rows.next());
          }
          block = scored(some).iterator();
        }
        return block.next();
      }
    };
  }

  private List<Row> scored(List<Row> rows) {
    DecisionRequests requests = reader.read(rows);
    List<Optional<ScoredDecision>> decisions = scorer.value().score(requests);
    List<Row> scored = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      List<Object> values = new ArrayList<>();
      for (int column = 0; column < rows.get(i).size(); column++) {
        values.add(rows.get(i).get(column));
      }
      values.addAll(Arrays.asList(requests.ids().get(i), policy, version));
      addDecision(values, decisions.get(i));
      values.add(requests.problems().get(i).isEmpty() ? null : requests.problems().get(i));
      scored.add(RowFactory.create(values.toArray()));
    }
    return scored;
  }

  private void addDecision(List<Object> values, Optional<ScoredDecision> decision) {
    if (decision.isEmpty()) {
      int columns = (discrete ? 3 : 2) + (withValues ? (discrete ? 2 : 1) : 0);
      values.addAll(Arrays.asList(new Object[columns]));
      return;
    }
    ScoredDecision made = decision.get();
    values.add(discrete ? (Object) made.action() : boxed(made.vector()));
    values.add(boxed(made.propensity()));
    if (discrete) {
      values.add(boxed(made.probabilities()));
    }
    if (withValues) {
      values.add(boxed(made.value()));
      if (discrete) {
        values.add(boxed(made.values()));
      }
    }
  }

  private static boolean isDiscrete(BundleManifest policy) {
    return policy.actionSpace() instanceof ActionSpace.Discrete;
  }

  private static Object boxed(OptionalDouble number) {
    return number.isPresent() ? number.getAsDouble() : null;
  }

  private static Object boxed(double[] numbers) {
    return Arrays.stream(numbers).boxed().toArray(Double[]::new);
  }

  private static Object boxed(float[] numbers) {
    Float[] boxed = new Float[numbers.length];
    for (int i = 0; i < boxed.length; i++) {
      boxed[i] = numbers[i];
    }
    return boxed;
  }
}
