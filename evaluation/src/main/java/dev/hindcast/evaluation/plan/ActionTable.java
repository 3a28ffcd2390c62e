package dev.hindcast.evaluation.plan;

import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.core.config.ConfigNode;
import dev.hindcast.core.config.UserError;
import dev.hindcast.dataset.columns.ParquetTable;
import dev.hindcast.evaluation.scoring.ActionGroups;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The config key {@code action-groups}: {@code {table: FILE, action: COLUMN, by: [COLUMN, ...]}}, a
 * Parquet table with one row for each action.
 *
 * @param path of the table
 * @param action the column with the action's number
 * @param by the columns that put actions together, the coarsest first
 */
public record ActionTable(String path, String action, List<String> by) {
  private static final int EXAMPLES = 5;

  /** Copies the list. */
  public ActionTable {
    by = List.copyOf(by);
  }

  /** Reads the key; mistakes become problems of the document. */
  static Optional<ActionTable> from(ConfigNode node) {
    if (!node.isPresent()) {
      return Optional.empty();
    }
    String path = node.at("table").filePath();
    String action = node.at("action").text();
    List<String> by = node.at("by").texts().stream().distinct().toList();
    if (by.isEmpty()) {
      node.problem(
          "by is missing: name the columns of the table that put actions together, the coarsest first");
      return Optional.empty();
    }
    return Optional.of(new ActionTable(path, action, by));
  }

  /**
   * Reads the table.
   *
   * @param actions how many there are
   * @throws UserError when the file or a column is missing, or an action has no row or two
   */
  ActionGroups read(int actions) {
    Set<String> columns = new LinkedHashSet<>(List.of(action));
    columns.addAll(by);
    ParquetTable table = ParquetTable.read(path, columns);
    long[] numbers = table.wholes(action);
    int[] rows = new int[actions];
    List<String> wrong = new ArrayList<>();
    for (int row = 0; row < numbers.length; row++) {
      if (numbers[row] < 0 || numbers[row] >= actions) {
        wrong.add("row " + row + " has action " + numbers[row]);
      } else if (rows[(int) numbers[row]] > 0) {
        wrong.add("action " + numbers[row] + " has more than one row");
      } else {
        rows[(int) numbers[row]] = row + 1;
      }
    }
    for (int a = 0; a < actions; a++) {
      if (rows[a] == 0) {
        wrong.add("action " + a + " has no row");
      }
    }
    if (!wrong.isEmpty()) {
      throw UserError.data(
          "Cannot put actions together by "
              + path
              + ": "
              + String.join("; ", wrong.subList(0, Math.min(EXAMPLES, wrong.size())))
              + (wrong.size() > EXAMPLES ? "; and " + (wrong.size() - EXAMPLES) + " more" : "")
              + ". It takes one row for each of the actions 0 to "
              + (actions - 1)
              + ".");
    }
    List<String[]> values = new ArrayList<>();
    for (String column : by) {
      String[] texts = table.texts(column);
      String[] ordered = new String[actions];
      for (int a = 0; a < actions; a++) {
        ordered[a] = texts[rows[a] - 1];
      }
      values.add(ordered);
    }
    return ActionGroups.of(by, values);
  }

  /** The fingerprint of the table. */
  Fingerprint fingerprint() {
    return ParquetTable.fingerprint(path);
  }
}
