package dev.hindcast.benchmarks;

import dev.hindcast.core.data.ObservationSpace.CategoricalField;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.dataset.columns.StableFooter;
import dev.hindcast.dataset.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Types;

/**
 * A Parquet file of steps as somebody's own logger would have written it: a column for each field,
 * texts for categories, empty cells where a number is missing. What followed a step stands in
 * columns {@code next_*} if some episode was truncated.
 */
final class RawLog {
  private final TransitionColumns log;
  private final boolean withNext;
  private final MessageType schema;

  private RawLog(TransitionColumns log) {
    this.log = log;
    withNext = IntStream.range(0, log.rows()).anyMatch(log::truncated);
    schema = schema();
  }

  /** Writes a log; the same steps give the same bytes. */
  static void write(TransitionColumns log, Path file) throws IOException {
    RawLog raw = new RawLog(log);
    Path scratch = Files.createTempFile("hindcast", ".parquet");
    try {
      try (ParquetWriter<Group> writer =
          ExampleParquetWriter.builder(Storage.parquetOutput(scratch.toString()))
              .withType(raw.schema)
              .withConf(Storage.configuration())
              .withCompressionCodec(CompressionCodecName.ZSTD)
              .withWriteMode(ParquetFileWriter.Mode.OVERWRITE)
              .build()) {
        for (int e = 0; e < log.episodes(); e++) {
          for (int row = log.start(e); row < log.end(e); row++) {
            writer.write(raw.group(e, row));
          }
        }
      }
      StableFooter.copy(scratch.toString(), file.toString());
    } finally {
      Files.deleteIfExists(scratch);
    }
  }

  private MessageType schema() {
    Types.MessageTypeBuilder message = Types.buildMessage();
    message
        .required(PrimitiveTypeName.BINARY)
        .as(LogicalTypeAnnotation.stringType())
        .named("episode_id");
    message.required(PrimitiveTypeName.INT32).named("step");
    observation(message, "");
    message.required(PrimitiveTypeName.INT32).named("action");
    message.required(PrimitiveTypeName.DOUBLE).named("behavior_probability");
    message.required(PrimitiveTypeName.DOUBLE).named("reward");
    message.required(PrimitiveTypeName.BOOLEAN).named("terminal");
    message.required(PrimitiveTypeName.BOOLEAN).named("truncated");
    if (withNext) {
      observation(message, "next_");
    }
    return message.named("step");
  }

  private void observation(Types.MessageTypeBuilder message, String prefix) {
    for (String name : log.observationSpace().numeric()) {
      message.optional(PrimitiveTypeName.FLOAT).named(prefix + name);
    }
    for (CategoricalField field : log.observationSpace().categorical()) {
      message
          .optional(PrimitiveTypeName.BINARY)
          .as(LogicalTypeAnnotation.stringType())
          .named(prefix + field.name());
    }
  }

  private Group group(int episode, int row) {
    Group group = new SimpleGroup(schema);
    group.add("episode_id", log.episodeId(episode));
    group.add("step", row - log.start(episode));
    seen(group, row, "");
    group.add("action", log.action(row));
    group.add("behavior_probability", log.propensity(row));
    group.add("reward", log.reward(row));
    group.add("terminal", log.terminated(row));
    group.add("truncated", log.truncated(row));
    if (withNext && log.next(row) != TransitionColumns.UNKNOWN) {
      seen(group, log.next(row), "next_");
    }
    return group;
  }

  private void seen(Group group, int row, String prefix) {
    List<String> numeric = log.observationSpace().numeric();
    for (int j = 0; j < numeric.size(); j++) {
      float number = log.numeric()[row * numeric.size() + j];
      if (!Float.isNaN(number)) {
        group.add(prefix + numeric.get(j), number);
      }
    }
    List<CategoricalField> fields = log.observationSpace().categorical();
    for (int j = 0; j < fields.size(); j++) {
      int code = log.categories()[row * fields.size() + j];
      group.add(prefix + fields.get(j).name(), fields.get(j).values().get(code - 1));
    }
  }
}
