package dev.hindcast.streaming.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hindcast.streaming.Shops;
import dev.hindcast.streaming.plan.StreamPlan;
import dev.hindcast.streaming.row.Arrival;
import dev.hindcast.streaming.row.DeadLetter;
import dev.hindcast.streaming.row.EventRow;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class JsonRowsTest {
  private static final StreamPlan PLAN =
      Shops.plan(Shops.WHOLE.replace("output: out", "output: out\n  payload-bytes: 40"));

  private static Arrival read(String json) {
    return new JsonRows(PLAN).read(json.getBytes(StandardCharsets.UTF_8), "events/1", 17);
  }

  private static Object value(Arrival row, String column) {
    return ((EventRow) row).value(PLAN.columns().place(column));
  }

  private static DeadLetter refused(String json) {
    return (DeadLetter) read(json);
  }

  @Test
  void valuesBecomeWhatTheirColumnsHold() {
    Arrival row =
        read(
            "{\"visit\": 7, \"step\": 2.0, \"age\": 31, \"p\": \"NaN\", \"left\": false, \"at\": \"2024-05-01T09:14:02.5Z\", \"more\": [1]}");
    assertThat(value(row, "visit")).isEqualTo("7");
    assertThat(value(row, "step")).isEqualTo(2L);
    assertThat(value(row, "age")).isEqualTo(31.0);
    assertThat(value(row, "p")).isEqualTo(Double.NaN);
    assertThat(value(row, "left")).isEqualTo(false);
    assertThat(value(row, "sold")).isNull();
    assertThat(((EventRow) row).time()).isEqualTo(1_714_554_842_500L);
  }

  @Test
  void momentsAreOfUtcUnlessTheySayOtherwise() {
    assertThat(((EventRow) read("{\"at\": \"2024-05-01 09:14:02\"}")).time())
        .isEqualTo(1_714_554_842_000L);
    assertThat(((EventRow) read("{\"at\": \"2024-05-01T11:14:02+02:00\"}")).time())
        .isEqualTo(1_714_554_842_000L);
  }

  @Test
  void whatIsNoRowSaysWhy() {
    assertThat(refused("{\"at\": ").reason()).isEqualTo("unreadable");
    assertThat(refused("[]").detail()).isEqualTo("it is no JSON object");
    assertThat(refused("{\"at\": \"2024-05-01T09:14:02Z\", \"step\": 1.5}").detail())
        .isEqualTo("step is 1.5, but column step holds whole numbers");
    assertThat(refused("{\"at\": \"yesterday\"}").detail())
        .isEqualTo("at is \"yesterday\", but column at holds times");
    DeadLetter timeless = refused("{\"visit\": \"v\"}");
    assertThat(timeless.reason()).isEqualTo("missing-time");
    assertThat(timeless.origin() + " " + timeless.offset()).isEqualTo("events/1 17");
  }

  @Test
  void payloadsAreCutBetweenCharacters() {
    DeadLetter letter = refused("{\"visit\": \"" + "ä".repeat(40) + "\", \"step\": []}");
    assertThat(letter.isCut()).isTrue();
    assertThat(letter.payload()).isEqualTo("{\"visit\": \"" + "ä".repeat(14));
  }
}
