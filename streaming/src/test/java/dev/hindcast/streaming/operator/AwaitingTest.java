package dev.hindcast.streaming.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hindcast.streaming.Shops;
import dev.hindcast.streaming.Shops.Step;
import dev.hindcast.streaming.plan.StreamPlan;
import dev.hindcast.streaming.row.EventRow;
import dev.hindcast.streaming.row.RowSerializer;
import java.io.IOException;
import java.util.List;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class AwaitingTest {
  @Test
  void comesBackAsItWas() throws IOException {
    StreamPlan plan = Shops.plan(Shops.JOINED);
    Step step = Step.of("v", 0, 5);
    Awaiting awaiting =
        new Awaiting(
            List.of(step.decision(plan), step.at(7).decision(plan)),
            List.of(step.reward(plan, 6)),
            17);
    DataOutputSerializer out = new DataOutputSerializer(64);
    Awaiting.Serializer serializer = new Awaiting.Serializer();
    serializer.serialize(awaiting, out);
    Awaiting back = serializer.deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));
    assertThat(back.gone()).isEqualTo(17);
    assertThat(digests(back.decisions())).isEqualTo(digests(awaiting.decisions()));
    assertThat(digests(back.rewards())).isEqualTo(digests(awaiting.rewards()));
  }

  private static List<String> digests(List<EventRow> rows) {
    return rows.stream().map(RowSerializer::digest).toList();
  }
}
