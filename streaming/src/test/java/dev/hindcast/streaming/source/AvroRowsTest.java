package dev.hindcast.streaming.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hindcast.streaming.Avros;
import dev.hindcast.streaming.Shops;
import dev.hindcast.streaming.Shops.Step;
import dev.hindcast.streaming.plan.StreamPlan;
import dev.hindcast.streaming.row.Arrival;
import dev.hindcast.streaming.row.DeadLetter;
import dev.hindcast.streaming.row.EventRow;
import dev.hindcast.streaming.row.Kind;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AvroRowsTest {
  private static final StreamPlan PLAN =
      Shops.plan(Shops.WHOLE.replace("output: out", "output: out\n  payload-bytes: 16"));

  @TempDir private Path folder;

  private static Arrival read(byte[] bytes, int headerBytes) {
    return new AvroRows(PLAN, Avros.STEP.toString(), headerBytes).read(bytes, "events/1", 17);
  }

  private static Object value(Arrival row, String column) {
    return ((EventRow) row).value(PLAN.columns().place(column));
  }

  @Test
  void valuesBecomeWhatTheirColumnsHold() {
    Step step = Step.of("v", 2, 1_700_000_000_123L).selling(null).last();
    Arrival row = read(Avros.bytes(Avros.record(step)), 0);
    assertThat(value(row, "visit")).isEqualTo("v");
    assertThat(value(row, "step")).isEqualTo(2L);
    assertThat(value(row, "age")).isEqualTo(32.0);
    assertThat(value(row, "spent")).isEqualTo(0.0);
    assertThat(value(row, "left")).isEqualTo(true);
    assertThat(value(row, "sold")).isNull();
    assertThat(value(row, "at")).isEqualTo(1_700_000_000_123_000L);
    assertThat(((EventRow) row).time()).isEqualTo(1_700_000_000_123L);
  }

  @Test
  void schemaSaysWhatColumnsHold() {
    Schema schema =
        new Schema.Parser()
            .parse(
                """
                {"type": "record", "name": "E", "fields": [
                  {"name": "day", "type": {"type": "int", "logicalType": "date"}},
                  {"name": "at", "type": ["null", {"type": "long", "logicalType": "timestamp-micros"}]},
                  {"name": "weights", "type": {"type": "array", "items": "float"}},
                  {"name": "kind", "type": {"type": "enum", "name": "K", "symbols": ["a", "b"]}},
                  {"name": "price", "type": {"type": "bytes", "logicalType": "decimal", "precision": 4}},
                  {"name": "either", "type": ["int", "string"]},
                  {"name": "names", "type": {"type": "array", "items": "string"}}
                ]}
                """);
    assertThat(AvroRows.columns(schema))
        .containsExactly(
            java.util.Map.entry("day", Kind.TIME),
            java.util.Map.entry("at", Kind.TIME),
            java.util.Map.entry("weights", Kind.SINGLES),
            java.util.Map.entry("kind", Kind.TEXT));
  }

  @Test
  void whatIsNotOfTheSchemaSaysSo() {
    byte[] whole = Avros.bytes(Avros.record(Step.of("v", 0, 0)));
    DeadLetter cut = (DeadLetter) read(Arrays.copyOf(whole, whole.length - 3), 0);
    assertThat(cut.reason()).isEqualTo("unreadable");
    assertThat(cut.detail()).isEqualTo("it is not of the schema: it ends too early");
    assertThat(cut.origin() + " " + cut.offset()).isEqualTo("events/1 17");
    assertThat(cut.isCut()).isTrue();
    assertThat(Base64.getDecoder().decode(cut.payload())).isEqualTo(Arrays.copyOf(whole, 12));
    DeadLetter longer = (DeadLetter) read(Arrays.copyOf(whole, whole.length + 1), 0);
    assertThat(longer.detail()).startsWith("bytes are left over");
    byte[] noise = new byte[40];
    Arrays.fill(noise, (byte) 0xff);
    assertThat(((DeadLetter) read(noise, 0)).reason()).isEqualTo("unreadable");
    assertThat(((DeadLetter) read(new byte[0], 5)).reason()).isEqualTo("unreadable");
  }

  @Test
  void headersOfRegistriesArePassedOver() {
    byte[] record = Avros.bytes(Avros.record(Step.of("v", 0, 5_000)));
    byte[] framed = new byte[5 + record.length];
    System.arraycopy(record, 0, framed, 5, record.length);
    assertThat(((EventRow) read(framed, 5)).time()).isEqualTo(5_000);
  }

  @Test
  void columnsThatHoldSomethingElseAreRefusedAtOnce() {
    String other = Avros.with("age", Schema.Type.STRING).toString();
    assertThatThrownBy(() -> new AvroRows(PLAN, other, 0))
        .hasMessageContaining("field age holds texts by their schema, but numbers are expected");
    assertThatThrownBy(() -> AvroRows.parse("{\"type\": \"recor\"}", "events.avsc"))
        .hasMessageContaining("Cannot read events.avsc as an Avro schema: ");
    assertThatThrownBy(() -> AvroRows.parse("\"int\"", "events.avsc"))
        .hasMessageContaining("it is one of int, but a record is needed");
  }

  private static List<Arrival> all(AvroFiles files, Path file) throws Exception {
    List<Arrival> all = new ArrayList<>();
    try (RowFiles.Records records =
        files.open(new org.apache.flink.core.fs.Path(file.toUri().toString()))) {
      for (Optional<Arrival> next = records.next(); next.isPresent(); next = records.next()) {
        all.add(next.get());
      }
    }
    return all;
  }

  @Test
  void filesAreReadByTheirOwnSchemaOrByAnother() throws Exception {
    GenericRecord later = new GenericData.Record(Avros.with("more", Schema.Type.STRING));
    Avros.STEP
        .getFields()
        .forEach(f -> later.put(f.name(), Avros.record(Step.of("w", 0, 1)).get(f.name())));
    later.put("more", "unheard of");
    Path file = folder.resolve("1.avro");
    Avros.write(file, List.of(later), 1);
    for (String schema : List.of("", Avros.STEP.toString())) {
      assertThat(all(new AvroFiles(PLAN, schema), file))
          .singleElement()
          .satisfies(row -> assertThat(value(row, "visit")).isEqualTo("w"));
    }
  }

  @Test
  void damagedBlockIsOneDeadLetterAndWhatFollowsIsRead() throws Exception {
    List<GenericRecord> records = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      records.add(Avros.record(Step.of("visit-number-" + i, 0, i)));
    }
    Path file = folder.resolve("1.avro");
    Avros.write(file, records, 4);
    long length = file.toFile().length();
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.seek(length - (length - headerLength(records)) / 2 - 60); // in the second of three
      bytes.write(new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1});
    }
    List<Arrival> all = all(new AvroFiles(PLAN, ""), file);
    assertThat(all.stream().filter(DeadLetter.class::isInstance)).hasSize(1);
    assertThat(
            ((DeadLetter) all.stream().filter(DeadLetter.class::isInstance).findFirst().get())
                .detail())
        .startsWith("from here to the next block the file is damaged");
    assertThat(value(all.get(3), "visit")).isEqualTo("visit-number-3");
    assertThat(value(all.get(all.size() - 1), "visit")).isEqualTo("visit-number-11");
    assertThat(value(all.get(all.size() - 4), "visit")).isEqualTo("visit-number-8");
  }

  private long headerLength(List<GenericRecord> records) throws Exception {
    Path one = folder.resolve("header.avro");
    Avros.write(one, records.subList(0, 1), 1);
    return one.toFile().length() - Avros.bytes(records.get(0)).length - 20;
  }

  @Test
  void whatIsNoAvroFileSaysSo() throws Exception {
    Path file = folder.resolve("events.avro");
    java.nio.file.Files.writeString(file, "no Avro");
    assertThatThrownBy(
            () -> AvroFiles.columns(new org.apache.flink.core.fs.Path(file.toUri().toString())))
        .hasMessageContaining("events.avro as Avro: Not an Avro data file");
  }
}
