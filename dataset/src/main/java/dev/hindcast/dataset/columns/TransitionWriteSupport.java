package dev.hindcast.dataset.columns;

import dev.hindcast.core.data.TransitionColumns;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;

/** Writes rows, named by their number, straight from flat arrays. */
final class TransitionWriteSupport extends WriteSupport<Integer> {
  private final TransitionColumns columns;
  private final TransitionLayout layout;
  private final int numbers;
  private final int categories;
  private final int actions;
  private final int dimensions;
  private RecordConsumer out;
  private Binary episodeId;
  private final Binary[] labels;
  private int episodeStart;
  private int field;

  TransitionWriteSupport(TransitionColumns columns, TransitionLayout layout) {
    this.columns = columns;
    this.layout = layout;
    numbers = columns.observationSpace().numeric().size();
    categories = columns.observationSpace().categorical().size();
    actions = layout.actions();
    dimensions = layout.dimensions();
    labels = new Binary[layout.labels().size()];
  }

  void beginEpisode(int episode) {
    episodeId = Binary.fromString(columns.episodeId(episode));
    episodeStart = columns.start(episode);
    for (int i = 0; i < labels.length; i++) {
      labels[i] = Binary.fromString(columns.label(episode, i));
    }
  }

  @Override
  public WriteContext init(Configuration configuration) {
    return new WriteContext(TransitionSchema.of(layout), Map.of());
  }

  @Override
  public void prepareForWrite(RecordConsumer consumer) {
    out = consumer;
  }

  @Override
  public void write(Integer rowNumber) {
    int row = rowNumber;
    field = 0;
    out.startMessage();
    one(TransitionSchema.EPISODE_ID, () -> out.addBinary(episodeId));
    one(TransitionSchema.STEP, () -> out.addInteger(row - episodeStart));
    observation(row, TransitionSchema.OBSERVATION, TransitionSchema.OBSERVATION_CODES);
    if (layout.isDiscrete()) {
      one(TransitionSchema.ACTION, () -> out.addInteger(columns.action(row)));
    } else {
      list(
          TransitionSchema.ACTION_VECTOR,
          dimensions,
          i -> out.addFloat(columns.actionVectors()[row * dimensions + i]));
    }
    mask(row, TransitionSchema.ACTION_MASK);
    one(TransitionSchema.REWARD, () -> out.addDouble(columns.reward(row)));
    if (!layout.rewardComponents().isEmpty()) {
      list(
          TransitionSchema.REWARD_COMPONENTS,
          layout.rewardComponents().size(),
          i -> out.addDouble(columns.rewardComponent(row, i)));
    }
    if (layout.withDurations()) {
      one(TransitionSchema.DURATION, () -> out.addDouble(columns.duration(row)));
    }
    if (layout.withDemonstrations()) {
      one(TransitionSchema.DEMONSTRATION, () -> out.addBoolean(columns.isDemonstration(row)));
    }
    if (layout.withPropensities()) {
      one(TransitionSchema.PROPENSITY, () -> out.addDouble(columns.propensity(row)));
    }
    if (labels.length > 0) {
      list(TransitionSchema.LABELS, labels.length, i -> out.addBinary(labels[i]));
    }
    one(TransitionSchema.TERMINATED, () -> out.addBoolean(columns.terminated(row)));
    one(TransitionSchema.TRUNCATED, () -> out.addBoolean(columns.truncated(row)));
    int next = columns.next(row);
    if (next >= columns.rows()) {
      observation(
          next, TransitionSchema.FINAL_OBSERVATION, TransitionSchema.FINAL_OBSERVATION_CODES);
      mask(next, TransitionSchema.FINAL_ACTION_MASK);
    }
    out.endMessage();
  }

  private void observation(int row, String numeric, String codes) {
    if (layout.hasNumbers()) {
      list(numeric, numbers, i -> out.addFloat(columns.numeric()[row * numbers + i]));
    }
    if (layout.hasCategories()) {
      list(codes, categories, i -> out.addInteger(columns.categories()[row * categories + i]));
    }
  }

  private void mask(int row, String name) {
    if (layout.masked()) {
      list(name, actions, i -> out.addBoolean(columns.mask()[row * actions + i]));
    }
  }

  private void one(String name, Runnable add) {
    out.startField(name, field);
    add.run();
    out.endField(name, field);
    field++;
  }

  private void list(String name, int size, java.util.function.IntConsumer add) {
    out.startField(name, field);
    out.startGroup();
    if (size > 0) {
      out.startField("list", 0);
      for (int i = 0; i < size; i++) {
        out.startGroup();
        out.startField("element", 0);
        add.accept(i);
        out.endField("element", 0);
        out.endGroup();
      }
      out.endField("list", 0);
    }
    out.endGroup();
    out.endField(name, field);
    field++;
  }
}
