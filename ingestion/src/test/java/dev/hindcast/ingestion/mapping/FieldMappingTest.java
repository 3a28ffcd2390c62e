package dev.hindcast.ingestion.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hindcast.core.config.ConfigDocument;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.ingestion.mapping.FieldMapping.Ending;
import dev.hindcast.ingestion.mapping.FieldMapping.Scale;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FieldMappingTest {
  @Test
  void everyKeyIsRead() {
    FieldMapping mapping = Mappings.read(Mappings.FULL);
    assertThat(mapping.episodeId()).extracting(Column::name).containsExactly("id");
    assertThat(mapping.step()).map(Column::name).hasValue("t");
    assertThat(mapping.ends()).hasValue(Ending.TRUNCATED);
    assertThat(mapping.observation().numeric())
        .extracting(Column::name)
        .containsExactly("age", "x_*", "lab");
    assertThat(mapping.action().space()).isEqualTo(new ActionSpace.Discrete(3));
    assertThat(mapping.action().mask()).map(Column::name).hasValue("allowed");
    assertThat(mapping.reward().parts().get(0).column().where())
        .isEqualTo("reward in p.yaml line 4");
    assertThat(mapping.nextObservation().orElseThrow().mask()).isPresent();
    assertThat(mapping.propensity().orElseThrow().scale()).isEqualTo(Scale.LOG_PROBABILITY);
    assertThat(mapping.propensity().orElseThrow().estimated()).isTrue();
  }

  @Test
  void boxActionsAreRead() {
    FieldMapping mapping =
        Mappings.read(
            """
            episode: {id: id, order-by: time}
            observation: {numeric: age}
            action: {box: [u, v], low: [-1, 0], high: [1, 2.5]}
            reward: r
            terminated: died
            """);
    assertThat(mapping.action().space())
        .isEqualTo(new ActionSpace.Box(List.of(-1f, 0f), List.of(1f, 2.5f)));
    assertThat(mapping.orderBy()).map(Column::name).hasValue("time");
    assertThat(mapping.propensity()).isEmpty();
  }

  private static final String BY_USER =
      """
      episode: {id: user, order-by: at, gap: %s, ends: truncated}
      observation: {numeric: x}
      action: {discrete: a, size: 2}
      reward: r
      """;

  private static Map<String, ColumnType> visits(ColumnType time) {
    Map<String, ColumnType> columns = new HashMap<>();
    columns.put("user", ColumnType.TEXT);
    columns.put("at", time);
    columns.put("x", ColumnType.NUMBER);
    columns.put("a", ColumnType.WHOLE);
    columns.put("r", ColumnType.NUMBER);
    return columns;
  }

  @Test
  void gapIsInWhatOrdersRows() {
    assertThat(Mappings.resolve(BY_USER.formatted("30 min"), visits(ColumnType.TIME)).gap())
        .isEqualTo(1_800_000_000L);
    assertThat(Mappings.resolve(BY_USER.formatted("1800"), visits(ColumnType.WHOLE)).gap())
        .isEqualTo(1800L);
    assertThatThrownBy(
            () -> Mappings.resolve(BY_USER.formatted("30 min"), visits(ColumnType.WHOLE)))
        .hasMessageContaining(
            "episode.gap in p.yaml line 1: is a span of time, but column at holds whole numbers.");
    assertThatThrownBy(() -> Mappings.resolve(BY_USER.formatted("1800"), visits(ColumnType.TIME)))
        .hasMessageContaining("is a plain number, but column at holds times");
    assertThatThrownBy(() -> Mappings.read(BY_USER.formatted("30").replace("order-by", "step")))
        .hasMessageContaining("needs order-by");
  }

  @Test
  void widthsComeBackFromTheNamesOfFields() {
    ResolvedMapping mapping = Mappings.full();
    LogProfile profile = new LogProfile(mapping);
    profile.add(Mappings.of(mapping, Mappings.row()));
    List<String> problems = new ArrayList<>();
    assertThat(mapping.widths(profile.observationSpace(), problems)).isEqualTo(profile.widths());
    assertThat(problems).isEmpty();

    mapping.widths(ObservationSpace.ofNumbers(3), problems);
    assertThat(problems)
        .containsExactly(
            "the mapping shows age, x_b, x_a, lab, ward, but the observation known so far is x0, x1, x2.");
  }

  @Test
  void everyMistakeIsToldAtOnce() {
    assertThatThrownBy(
            () ->
                Mappings.read(
                    """
                    episode: {id: id, step: t, order-by: t}
                    observation: {}
                    action: {discrete: a, size: 0}
                    propensity: {estimated: true}
                    next-observation: {numeric: x, mask: m}
                    """))
        .hasMessageContaining("Cannot use p.yaml, 7 problems")
        .hasMessageContaining("cannot stand beside step")
        .hasMessageContaining("say whether the last row of an episode is terminated or truncated")
        .hasMessageContaining("needs at least 1 action, not 0")
        .hasMessageContaining("observation in p.yaml line 2: names no columns")
        .hasMessageContaining("has a mask, but ingest.action has none")
        .hasMessageContaining("reward is missing")
        .hasMessageContaining("needs one of probability and log-probability");
  }

  @Test
  void rewardWeightsMustFitTheComponents() {
    String yaml =
        """
        episode: {id: id, ends: terminated}
        observation: {numeric: age}
        action: {discrete: a, size: 2}
        reward: {components: {click: clicked, watch: seconds}}
        """;
    ConfigDocument document = Mappings.document(yaml);
    FieldMapping mapping = FieldMapping.from(document.root(), Map.of("click", 2.0));
    document.finish();
    assertThat(mapping.reward().isWhole()).isFalse();
    assertThat(mapping.reward().parts())
        .extracting(part -> part.name() + " " + part.column().name() + " " + part.weight())
        .containsExactly("click clicked 2.0", "watch seconds 0.0");
    assertThat(Mappings.read(yaml).reward().parts())
        .extracting(FieldMapping.Reward.Part::weight)
        .containsExactly(1.0, 1.0);
    ConfigDocument wrong = Mappings.document(yaml);
    FieldMapping.from(wrong.root(), Map.of("clik", 1.0));
    assertThatThrownBy(wrong::finish)
        .hasMessageContaining("has no component clik, which reward-weights name.")
        .hasMessageContaining("Did you mean click?");
  }

  @Test
  void densitiesAreForBoxesAndProbabilitiesForChoices() {
    String head = "episode: {id: i, ends: terminated}\nobservation: {numeric: x}\nreward: r\n";
    String box = head + "action: {box: [b], low: [0], high: [1]}\n";
    FieldMapping mapping = Mappings.read(box + "propensity: {log-density: d}");
    assertThat(mapping.propensity().orElseThrow().scale()).isEqualTo(Scale.LOG_PROBABILITY);
    assertThatThrownBy(() -> Mappings.read(box + "propensity: {probability: d}"))
        .hasMessageContaining("is for discrete actions: actions in a box have a density");
    assertThatThrownBy(
            () -> Mappings.read(head + "action: {discrete: a, size: 2}\npropensity: {density: d}"))
        .hasMessageContaining("is for actions in a box: discrete actions have a probability");
    assertThatThrownBy(() -> Mappings.read(box + "demonstration: {column: d}"))
        .hasMessageContaining("needs equals");
  }

  @Test
  void actionMustBeOneKindOfThing() {
    assertThatThrownBy(
            () ->
                Mappings.read(
                    "episode: {id: i, ends: terminated}\nobservation: {numeric: x}\nreward: r\n"
                        + "action: {discrete: a, box: [b], size: 2}"))
        .hasMessageContaining("cannot be both discrete and a box");
  }

  @Test
  void patternsFollowTheLogsOrderAndListsKeepTheirPlace() {
    ResolvedMapping mapping = Mappings.full();
    assertThat(mapping.numeric())
        .extracting(place -> mapping.columns().get(place))
        .containsExactly("age", "x_b", "x_a", "lab");
    assertThat(mapping.orderBy()).isEqualTo(ResolvedMapping.NONE);
    assertThat(mapping.hasMask()).isTrue();
  }

  @Test
  void missingAndWrongColumnsAreAllToldWithTheirLines() {
    Map<String, ColumnType> columns = new HashMap<>(Mappings.COLUMNS);
    columns.remove("r");
    columns.put("rr", ColumnType.NUMBER);
    columns.put("a", ColumnType.TEXT);
    columns.put("ward", ColumnType.NUMBER_LIST);
    columns.remove("x_a");
    columns.remove("x_b");
    List<String> problems = new ArrayList<>();
    ResolvedMapping.of(Mappings.read(Mappings.FULL), new LogSchema(columns), problems);
    assertThat(problems)
        .anyMatch(p -> p.startsWith("reward in p.yaml line 4: the log has no column r. Known: "))
        .anyMatch(
            p ->
                p.equals(
                    "action.discrete in p.yaml line 3: column a holds texts, but whole numbers are needed."))
        .anyMatch(p -> p.contains("column ward holds lists of numbers, but whole numbers or texts"))
        .anyMatch(p -> p.contains("no column of the log looks like x_*"))
        .hasSize(4);
  }

  @Test
  void nextObservationMustHaveTheSameShape() {
    Map<String, ColumnType> columns = new HashMap<>(Mappings.COLUMNS);
    columns.put("next_lab", ColumnType.NUMBER);
    columns.remove("next_x_a");
    List<String> problems = new ArrayList<>();
    ResolvedMapping.of(Mappings.read(Mappings.FULL), new LogSchema(columns), problems);
    assertThat(problems)
        .singleElement()
        .asString()
        .contains("names 3 numeric columns, but the observation has 4");
  }
}
