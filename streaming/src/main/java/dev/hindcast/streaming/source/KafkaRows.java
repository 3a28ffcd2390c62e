package dev.hindcast.streaming.source;

import dev.hindcast.streaming.row.Arrival;
import dev.hindcast.streaming.row.DeadLetter;
import dev.hindcast.streaming.row.OwnType;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Kafka records that hold one event each. */
final class KafkaRows implements KafkaRecordDeserializationSchema<Arrival> {
  private static final long serialVersionUID = 1L;

  private final RecordRows rows;

  KafkaRows(RecordRows rows) {
    this.rows = rows;
  }

  @Override
  public void deserialize(ConsumerRecord<byte[], byte[]> kafka, Collector<Arrival> out) {
    String origin = kafka.topic() + "/" + kafka.partition();
    out.collect(
        kafka.value() == null
            ? DeadLetter.of(
                TimedRows.UNREADABLE,
                "the record is empty",
                origin,
                kafka.offset(),
                DeadLetter.NO_TIME,
                "",
                0)
            : rows.read(kafka.value(), origin, kafka.offset()));
  }

  @Override
  public TypeInformation<Arrival> getProducedType() {
    return OwnType.ARRIVAL;
  }
}
