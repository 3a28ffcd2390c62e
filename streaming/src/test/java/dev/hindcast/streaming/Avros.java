package dev.hindcast.streaming;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hindcast.streaming.Shops.Step;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;

/** Steps of the shop as Avro records. */
public final class Avros {
  /** Whole rows; times in milliseconds. */
  public static final Schema STEP =
      new Schema.Parser()
          .parse(
              """
              {"type": "record", "name": "Step", "fields": [
                {"name": "visit", "type": "string"},
                {"name": "ignored", "type": {"type": "map", "values": "int"}, "default": {}},
                {"name": "step", "type": ["null", "int"]},
                {"name": "age", "type": "double"},
                {"name": "spent", "type": ["double", "null"]},
                {"name": "offer", "type": "long"},
                {"name": "p", "type": ["null", "double"]},
                {"name": "left", "type": "boolean"},
                {"name": "sold", "type": ["null", "double"]},
                {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}}
              ]}
              """);

  private Avros() {}

  /** A step as a record of {@link #STEP}. */
  public static GenericRecord record(Step step) {
    GenericRecord record = new GenericData.Record(STEP);
    record.put("visit", step.visit());
    record.put("ignored", java.util.Map.of("more", 1));
    record.put("step", step.step() == null ? null : step.step().intValue());
    record.put("age", step.age());
    record.put("spent", 0.0);
    record.put("offer", step.offer());
    record.put("p", step.p());
    record.put("left", step.left());
    record.put("sold", step.sold());
    record.put("at", step.millis());
    return record;
  }

  /** A record as it stands in Kafka. */
  public static byte[] bytes(GenericRecord record) {
    try {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
      new GenericDatumWriter<GenericRecord>(record.getSchema()).write(record, encoder);
      encoder.flush();
      return out.toByteArray();
    } catch (IOException e) {
      throw new IllegalStateException("Cannot write bytes in memory.", e);
    }
  }

  /** Writes a file with so many records in each of its blocks. */
  public static void write(Path file, List<GenericRecord> records, int inBlock) throws IOException {
    Files.createDirectories(file.getParent());
    Schema schema = records.get(0).getSchema();
    try (DataFileWriter<GenericRecord> writer =
        new DataFileWriter<>(new GenericDatumWriter<GenericRecord>(schema))) {
      writer.create(
          schema,
          Files.newOutputStream(file),
          "between two blocks".substring(0, 16).getBytes(UTF_8));
      for (int i = 0; i < records.size(); i++) {
        if (i > 0 && i % inBlock == 0) {
          writer.sync();
        }
        writer.append(records.get(i));
      }
    }
  }

  /** A schema with one more field, or another type of it. */
  public static Schema with(String name, Schema.Type type) {
    SchemaBuilder.FieldAssembler<Schema> fields = SchemaBuilder.record("Step").fields();
    for (Schema.Field field : STEP.getFields()) {
      if (!field.name().equals(name)) {
        fields = fields.name(field.name()).type(field.schema()).noDefault();
      }
    }
    return fields.name(name).type(Schema.create(type)).noDefault().endRecord();
  }
}
