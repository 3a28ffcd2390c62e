package dev.hindcast.dataset.columns;

import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.BINARY;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.BOOLEAN;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.DOUBLE;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.FLOAT;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT32;

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
  static final String REWARD_COMPONENTS = "reward_components";
  static final String DURATION = "duration";
  static final String DEMONSTRATION = "demonstration";
  static final String PROPENSITY = "propensity";
  static final String LABELS = "labels";
  static final String TERMINATED = "terminated";
  static final String TRUNCATED = "truncated";
  static final String FINAL_OBSERVATION = "final_observation";
  static final String FINAL_OBSERVATION_CODES = "final_observation_codes";
  static final String FINAL_ACTION_MASK = "final_action_mask";

  private TransitionSchema() {}

  static MessageType of(TransitionLayout layout) {
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
    if (!layout.rewardComponents().isEmpty()) {
      list(message, Repetition.REQUIRED, DOUBLE, REWARD_COMPONENTS);
    }
    if (layout.withDurations()) {
      message.required(DOUBLE).named(DURATION);
    }
    if (layout.withDemonstrations()) {
      message.required(BOOLEAN).named(DEMONSTRATION);
    }
    if (layout.withPropensities()) {
      message.required(DOUBLE).named(PROPENSITY);
    }
    if (!layout.labels().isEmpty()) {
      message
          .list(Repetition.REQUIRED)
          .element(BINARY, Repetition.REQUIRED)
          .as(LogicalTypeAnnotation.stringType())
          .named(LABELS);
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
