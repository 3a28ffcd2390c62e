package dev.hindcast.ingestion.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.ObservationSpace.CategoricalField;
import dev.hindcast.ingestion.mapping.UnmappedRow.Trouble;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EventMapperTest {
  @Test
  void soundRowBecomesAnEvent() {
    Event event = (Event) Mappings.map(Mappings.row());
    assertThat(event.episodeId()).isEqualTo("7");
    assertThat(event.order()).hasValue(0);
    assertThat(event.seen().numbers()).containsExactly(50, 1.5f, 2.5f, 0.25f, 0.75f);
    assertThat(event.seen().codes()).containsExactly(2);
    assertThat(event.seen().mask()).containsExactly(true, true, false);
    assertThat(event.action()).isEqualTo(1);
    assertThat(event.propensity()).isCloseTo(0.5, within(1e-15));
    assertThat(event.next().orElseThrow().numbers()).containsExactly(51, 3.5f, 4.5f, 1.25f, 1.75f);
    assertThat(event.next().orElseThrow().codes()).as("not in the dictionary").containsExactly(0);
    assertThat(event.next().orElseThrow().mask()).containsExactly(true, false, true);
  }

  @Test
  void idOfSeveralColumnsJoinsThemWithoutAmbiguity() {
    String yaml = Mappings.FULL.replace("id: id", "id: [ward, id]");
    assertThat(idOf(yaml, "a", 7L)).isEqualTo("a/7");
    assertThat(idOf(yaml, "a/7", 7L)).isEqualTo("a%2F7/7");
    assertThat(idOf(yaml, "50%", 7L)).isEqualTo("50%25/7");
    assertThat(idOf(yaml, null, 7L)).isEmpty();
    assertThat(idOf(Mappings.FULL.replace("id: id", "id: ward"), "a/7", 7L)).isEqualTo("a/7");
  }

  @Test
  void demonstrationIsAFlagOrAValue() {
    String byFlag = Mappings.FULL + "demonstration: cut\n";
    assertThat(event(byFlag, with("cut", 1)).demonstration()).isTrue();
    assertThat(event(byFlag, with("cut", 0)).demonstration()).isFalse();
    assertThat(Mappings.map(byFlag, with("cut", 3))).isInstanceOf(UnmappedRow.class);
    String byValue = Mappings.FULL + "demonstration: {column: age, equals: [50, 60]}\n";
    assertThat(event(byValue, with("age", 50)).demonstration()).isTrue();
    assertThat(event(byValue, with("age", 60.0)).demonstration()).isTrue();
    assertThat(event(byValue, with("age", 51)).demonstration()).isFalse();
  }

  @Test
  void labelsAreTextsAndTimesTheirDays() {
    String yaml = Mappings.FULL + "labels: [ward, age, when]\n";
    long moment = Instant.parse("1969-12-31T23:59:59Z").getEpochSecond() * 1_000_000;
    assertThat(event(yaml, with("when", moment)).labels()).containsExactly("b", "50", "1969-12-31");
    assertThat(event(yaml, with("when", 0L)).labels()[2]).isEqualTo("1970-01-01");
    assertThat(event(yaml, with("when", null)).labels()[2]).isEmpty();
    assertThat(event(Mappings.FULL, Mappings.row()).labels()).isEmpty();
  }

  @Test
  void rewardIsTheWeighedSumOfItsComponents() {
    String yaml = Mappings.FULL.replace("reward: r", "reward: {components: {old: age, new: r}}");
    Event event = event(yaml, Mappings.row());
    assertThat(event.reward()).isEqualTo(50.5);
    assertThat(event.rewardParts()).containsExactly(50, 0.5);
    assertThat(event(Mappings.FULL, Mappings.row()).rewardParts()).isEmpty();
    assertThat(Mappings.map(yaml, with("r", null)))
        .isInstanceOfSatisfying(
            UnmappedRow.class,
            unmapped -> assertThat(unmapped.trouble()).isEqualTo(Trouble.REWARD_MISSING));
  }

  @Test
  void numbersThatAreMissingAreNotNumbers() {
    float[] all = event(Mappings.FULL, Mappings.row()).seen().numbers();
    for (Object nothing : Arrays.asList(null, Double.NaN)) {
      Event event = event(Mappings.FULL, with("age", nothing));
      assertThat(event.seen().firstMissing()).isPresent();
      assertThat(event.seen().numbers()).hasSameSizeAs(all);
    }
    float[] half = event(Mappings.FULL, with("lab", Arrays.asList(1.0, null))).seen().numbers();
    float[] none = event(Mappings.FULL, with("lab", null)).seen().numbers();
    assertThat(half).hasSameSizeAs(all).contains(1f, Float.NaN);
    assertThat(count(half)).isEqualTo(1);
    assertThat(count(none)).isEqualTo(2);
    assertThat(event(Mappings.FULL, Mappings.row()).seen().firstMissing()).isEmpty();
  }

  private static int count(float[] numbers) {
    int missing = 0;
    for (float number : numbers) {
      missing += Float.isNaN(number) ? 1 : 0;
    }
    return missing;
  }

  @Test
  void durationIsOneUnlessMapped() {
    assertThat(event(Mappings.FULL, Mappings.row()).duration()).isEqualTo(1);
    assertThat(event(Mappings.FULL + "duration: age\n", Mappings.row()).duration()).isEqualTo(50);
  }

  @Test
  void whatFollowsMayBeUnknown() {
    assertThat(((Event) Mappings.map(with("next_x_b", Double.POSITIVE_INFINITY))).next()).isEmpty();
    assertThat(((Event) Mappings.map(with("next_ward", null))).next()).isEmpty();
    assertThat(((Event) Mappings.map(with("died", true))).next()).isEmpty();
  }

  @Test
  void whatKeepsARowFromBeingAnEventIsSaid() {
    assertTrouble(with("id", null), Trouble.MISSING_EPISODE_ID, "");
    assertTrouble(with("r", null), Trouble.REWARD_MISSING, "r is empty");
    assertTrouble(with("t", null), Trouble.MISSING_VALUE, "t is empty");
    assertTrouble(with("ward", null), Trouble.MISSING_VALUE, "ward is empty");
    assertTrouble(with("logp", null), Trouble.MISSING_VALUE, "logp is empty");
    assertTrouble(
        with("lab", List.of(1.0)),
        Trouble.WRONG_LIST_LENGTH,
        "lab has 1 elements, but most rows have 2");
    assertTrouble(
        with("allowed", List.of(0, 3)),
        Trouble.INVALID_MASK,
        "allowed names action 3, but there are 0 to 2");
    assertTrouble(with("cut", 2), Trouble.INVALID_FLAG, "cut is 2");
  }

  @Test
  void orderIsKnownEvenWhenTheRestIsNot() {
    assertThat(Mappings.map(with("r", null)).order()).hasValue(0);
    assertThat(Mappings.map(with("t", null)).order()).isEmpty();
  }

  @Test
  void dictionariesAreSortedByNumberOrByText() {
    assertThat(dictionary(List.of(10, 9L, 9.0, -1))).containsExactly("-1", "9", "10");
    assertThat(dictionary(List.of("10", "9", "x"))).containsExactly("10", "9", "x");
    assertThat(dictionary(List.of(true, false))).containsExactly("false", "true");
  }

  @Test
  void columnWithTooManyValuesIsNoCategory() {
    ResolvedMapping mapping = oneCategory();
    LogProfile profile = new LogProfile(mapping);
    for (int i = 0; i <= LogProfile.MOST_VALUES; i++) {
      profile.add(Mappings.of(mapping, Map.of("ward", i)));
    }
    assertThatThrownBy(profile::observationSpace)
        .hasMessageContaining("Cannot use column ward as a category")
        .hasMessageContaining("more than 100,000 different values");
  }

  @Test
  void profilesOfPartsMergeToThatOfTheWhole() {
    ResolvedMapping mapping = Mappings.full();
    LogProfile whole = new LogProfile(mapping);
    LogProfile first = new LogProfile(mapping);
    LogProfile second = new LogProfile(mapping);
    for (int i = 0; i < 10; i++) {
      Map<String, Object> row = with("ward", "w" + i % 4);
      row.put("lab", Collections.nCopies(i % 3 == 0 ? 5 : 6, 1.0));
      whole.add(Mappings.of(mapping, row));
      (i < 3 ? first : second).add(Mappings.of(mapping, row));
    }
    LogProfile merged = second.merge(first);
    assertThat(merged.observationSpace()).isEqualTo(whole.observationSpace());
    assertThat(merged.widths()).isEqualTo(whole.widths()).containsExactly(1, 1, 1, 6);
    assertThat(merged.rows()).isEqualTo(10);
    ObservationSpace space = merged.observationSpace();
    assertThat(space.numeric()).contains("age", "x_b", "lab.0", "lab.5").hasSize(9);
  }

  private static String idOf(String yaml, String ward, long id) {
    Map<String, Object> row = with("ward", ward);
    row.put("id", id);
    return Mappings.map(yaml, row).episodeId();
  }

  private static Event event(String yaml, Map<String, Object> row) {
    return (Event) Mappings.map(yaml, row);
  }

  private static List<String> dictionary(List<Object> values) {
    ResolvedMapping mapping = oneCategory();
    LogProfile profile = new LogProfile(mapping);
    values.forEach(value -> profile.add(Mappings.of(mapping, Map.of("ward", value))));
    CategoricalField field = profile.observationSpace().categorical().get(0);
    return field.values();
  }

  private static ResolvedMapping oneCategory() {
    return Mappings.resolve(
        """
        episode: {id: id, ends: terminated}
        observation: {categorical: ward}
        action: {discrete: a, size: 2}
        reward: r
        """,
        Mappings.COLUMNS);
  }

  private static Map<String, Object> with(String column, Object value) {
    Map<String, Object> row = Mappings.row();
    row.put(column, value);
    return row;
  }

  private static void assertTrouble(Map<String, Object> row, Trouble trouble, String detail) {
    assertThat(Mappings.map(row))
        .isInstanceOfSatisfying(
            UnmappedRow.class,
            unmapped -> {
              assertThat(unmapped.trouble()).isEqualTo(trouble);
              assertThat(unmapped.detail()).isEqualTo(detail);
            });
  }
}
