package dev.hindcast.ingestion.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hindcast.core.data.DecisionRequests;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.ObservationSpace.CategoricalField;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DecisionMapperTest {
  /** In another order than the log's columns, as a policy may well know them. */
  private static final ObservationSpace SPACE =
      new ObservationSpace(
          List.of("x_a", "lab.0", "lab.1", "age"),
          List.of(new CategoricalField("ward", List.of("a", "b"))));

  private static DecisionMapping mapping(Map<String, ColumnType> columns, List<String> problems) {
    return DecisionMapping.of(
        Mappings.read(Mappings.FULL), SPACE, new LogSchema(columns), problems);
  }

  /** What was done and what it brought is not known yet when a decision is asked for. */
  private static Map<String, ColumnType> columnsBeforeTheAction() {
    Map<String, ColumnType> columns = new LinkedHashMap<>(Mappings.COLUMNS);
    columns.keySet().removeAll(List.of("a", "r", "died", "cut", "logp", "x_b"));
    columns.keySet().removeIf(name -> name.startsWith("next_"));
    return columns;
  }

  private static DecisionRequests map(List<Map<String, Object>> rows) {
    List<String> problems = new ArrayList<>();
    DecisionMapping mapping = mapping(columnsBeforeTheAction(), problems);
    assertThat(problems).isEmpty();
    return new DecisionMapper(mapping, SPACE)
        .map(rows.stream().map(row -> Mappings.of(mapping.columns(), row)).toList());
  }

  private static Map<String, Object> with(String column, Object value) {
    Map<String, Object> row = Mappings.row();
    row.put(column, value);
    return row;
  }

  @Test
  void policyIsShownItsFieldsInItsOrderAndItsCodes() {
    DecisionRequests requests = map(List.of(Mappings.row(), with("ward", "never seen")));
    assertThat(requests.problems()).containsOnly("");
    assertThat(requests.decisions().numeric())
        .containsExactly(2.5f, 0.25f, 0.75f, 50f, 2.5f, 0.25f, 0.75f, 50f);
    assertThat(requests.decisions().categories()).containsExactly(2, 0);
    assertThat(requests.decisions().mask()).containsExactly(true, true, false, true, true, false);
  }

  @Test
  void idsNameEpisodeAndStep() {
    DecisionRequests requests = map(List.of(Mappings.row(), with("t", 3)));
    assertThat(requests.ids()).containsExactly("7/0", "7/3");
    assertThat(requests.decisions().steps()).containsExactly(0, 3);
    assertThat(requests.decisions().episodeIds()).containsExactly("7", "7");
  }

  @Test
  void rowsWithProblemsKeepTheirPlaceAndSayWhat() {
    DecisionRequests requests =
        map(
            List.of(
                with("ward", null),
                Mappings.row(),
                with("age", Double.NaN),
                with("allowed", List.of()),
                with("id", null),
                with("lab", List.of(1.0))));
    assertThat(requests.problems())
        .containsExactly(
            "ward is empty",
            "",
            "age is empty",
            "no action is admissible",
            "the episode id is empty",
            "lab has 1 elements, but most rows have 2");
    assertThat(requests.decisions().size()).isOne();
    assertThat(requests.decisions().numeric()).startsWith(2.5f);
  }

  @Test
  void policyThatKnowsMissingNumbersIsShownThem() {
    List<String> problems = new ArrayList<>();
    DecisionMapping mapping = mapping(columnsBeforeTheAction(), problems);
    DecisionRequests requests =
        new DecisionMapper(mapping, SPACE)
            .keepingMissingNumbers()
            .map(
                Stream.of(with("age", null), with("age", Double.POSITIVE_INFINITY))
                    .map(row -> Mappings.of(mapping.columns(), row))
                    .toList());
    assertThat(requests.problems()).containsExactly("", "age is Infinity");
    assertThat(requests.decisions().numeric()).containsExactly(2.5f, 0.25f, 0.75f, Float.NaN);
  }

  @Test
  void missingColumnsAreNamed() {
    Map<String, ColumnType> columns = columnsBeforeTheAction();
    columns.remove("age");
    columns.put("agee", ColumnType.WHOLE);
    columns.put("ward", ColumnType.TIME);
    List<String> problems = new ArrayList<>();
    mapping(columns, problems);
    assertThat(problems)
        .containsExactly(
            "what the policy must be shown: the log has no column age. Did you mean agee?",
            "what the policy must be shown: column ward holds times, but whole numbers or texts are needed.");
  }
}
