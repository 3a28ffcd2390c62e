package dev.hindcast.dataset.columns;

import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.BINARY;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.BOOLEAN;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.DOUBLE;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.FLOAT;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT32;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.TransitionColumns;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type.Repetition;
import org.apache.parquet.schema.Types;

/** How a transition sits in Parquet: the one place that knows the columns' names and types. */
final class TransitionSchema {
  static final String EPISODE_ID = "episode_id";
  static final String STEP = "step";
  static final String OBSERVATION = "observation";
  static final String OBSERVATION_CODES = "observation_codes";
  static final String ACTION = "action";
  static final String ACTION_VECTOR = "action_vector";
  static final String ACTION_MASK = "action_mask";
  static final String REWARD = "reward";
  static final String PROPENSITY = "propensity";
  static final String TERMINATED = "terminated";
  static final String TRUNCATED = "truncated";
  static final String FINAL_OBSERVATION = "final_observation";
  static final String FINAL_OBSERVATION_CODES = "final_observation_codes";
  static final String FINAL_ACTION_MASK = "final_action_mask";

  private TransitionSchema() {}

  /**
   * What a file holds, and so which columns it has.
   *
   * @param observationSpace what is seen
   * @param actionSpace what can be done
   * @param masked whether there are masks
   * @param withPropensities whether there are propensities
   */
  record Layout(
      ObservationSpace observationSpace,
      ActionSpace actionSpace,
      boolean masked,
      boolean withPropensities) {
    static Layout of(TransitionColumns columns) {
      return new Layout(
          columns.observationSpace(),
          columns.actionSpace(),
          columns.hasMask(),
          columns.hasPropensities());
    }

    boolean hasNumbers() {
      return !observationSpace.numeric().isEmpty();
    }

    boolean hasCategories() {
      return !observationSpace.categorical().isEmpty();
    }

    boolean isDiscrete() {
      return actionSpace instanceof ActionSpace.Discrete;
    }

    int actions() {
      return actionSpace instanceof ActionSpace.Discrete discrete ? discrete.size() : 0;
    }

    int dimensions() {
      return actionSpace instanceof ActionSpace.Box box ? box.dimensions() : 0;
    }
  }

  static MessageType of(Layout layout) {
    Types.MessageTypeBuilder message = Types.buildMessage();
    message.required(BINARY).as(LogicalTypeAnnotation.stringType()).named(EPISODE_ID);
    message.required(INT32).named(STEP);
    if (layout.hasNumbers()) {
      list(message, Repetition.REQUIRED, FLOAT, OBSERVATION);
    }
    if (layout.hasCategories()) {
      list(message, Repetition.REQUIRED, INT32, OBSERVATION_CODES);
    }
    if (layout.isDiscrete()) {
      message.required(INT32).named(ACTION);
    } else {
      list(message, Repetition.REQUIRED, FLOAT, ACTION_VECTOR);
    }
    if (layout.masked()) {
      list(message, Repetition.REQUIRED, BOOLEAN, ACTION_MASK);
    }
    message.required(DOUBLE).named(REWARD);
    if (layout.withPropensities()) {
      message.required(DOUBLE).named(PROPENSITY);
    }
    message.required(BOOLEAN).named(TERMINATED);
    message.required(BOOLEAN).named(TRUNCATED);
    if (layout.hasNumbers()) {
      list(message, Repetition.OPTIONAL, FLOAT, FINAL_OBSERVATION);
    }
    if (layout.hasCategories()) {
      list(message, Repetition.OPTIONAL, INT32, FINAL_OBSERVATION_CODES);
    }
    if (layout.masked()) {
      list(message, Repetition.OPTIONAL, BOOLEAN, FINAL_ACTION_MASK);
    }
    return message.named("transition");
  }

  private static void list(
      Types.MessageTypeBuilder message,
      Repetition repetition,
      PrimitiveTypeName element,
      String name) {
    message.list(repetition).element(element, Repetition.REQUIRED).named(name);
  }
}
