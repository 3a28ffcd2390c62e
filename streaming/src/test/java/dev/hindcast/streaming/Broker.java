package dev.hindcast.streaming;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.test.KafkaClusterTestKit;
import org.apache.kafka.common.test.TestKitNodes;

/** A real Kafka broker inside this process, one for all tests of it. */
public final class Broker {
  private static Broker shared;

  private final KafkaClusterTestKit kafka;
  private final KafkaProducer<byte[], byte[]> producer;

  private Broker() throws Exception {
    kafka =
        new KafkaClusterTestKit.Builder(
                new TestKitNodes.Builder()
                    .setCombined(true)
                    .setNumBrokerNodes(1)
                    .setNumControllerNodes(1)
                    .build())
            .setConfigProp("offsets.topic.replication.factor", "1")
            .setConfigProp("offsets.topic.num.partitions", "1")
            .setConfigProp("transaction.state.log.replication.factor", "1")
            .setConfigProp("transaction.state.log.num.partitions", "1")
            .setConfigProp("transaction.state.log.min.isr", "1")
            .setConfigProp("group.initial.rebalance.delay.ms", "0")
            .build();
    kafka.format();
    kafka.startup();
    kafka.waitForReadyBrokers();
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers(), "linger.ms", 5),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    Runtime.getRuntime().addShutdownHook(new Thread(this::close, "broker-close"));
  }

  /** The broker, which starts for the first who asks. */
  public static synchronized Broker shared() throws Exception {
    if (shared == null) {
      shared = new Broker();
    }
    return shared;
  }

  /** Where it is. */
  public String servers() {
    return kafka.bootstrapServers();
  }

  /** Makes a topic. */
  public void topic(String name, int partitions) throws ExecutionException, InterruptedException {
    try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", servers()))) {
      admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1))).all().get();
    }
  }

  /** Appends texts to a partition. */
  public void send(String topic, int partition, List<String> texts)
      throws ExecutionException, InterruptedException {
    sendBytes(
        topic,
        partition,
        texts.stream().map(text -> text.getBytes(StandardCharsets.UTF_8)).toList());
  }

  /** Appends records to a partition. */
  public void sendBytes(String topic, int partition, List<byte[]> values)
      throws ExecutionException, InterruptedException {
    List<Future<?>> sent = new ArrayList<>();
    for (byte[] value : values) {
      sent.add(producer.send(new ProducerRecord<>(topic, partition, null, value)));
    }
    producer.flush();
    for (Future<?> one : sent) {
      one.get();
    }
  }

  /** Up to which offset a group has committed that it has read a partition; -1 for not at all. */
  public long committed(String group, String topic, int partition)
      throws ExecutionException, InterruptedException {
    try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", servers()))) {
      var offset =
          admin
              .listConsumerGroupOffsets(group)
              .partitionsToOffsetAndMetadata()
              .get()
              .get(new TopicPartition(topic, partition));
      return offset == null ? -1 : offset.offset();
    }
  }

  private void close() {
    try {
      producer.close();
      kafka.close();
    } catch (Exception e) {
      throw new IllegalStateException("Cannot stop the broker.", e);
    }
  }
}
