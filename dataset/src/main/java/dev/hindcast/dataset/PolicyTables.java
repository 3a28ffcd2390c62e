package dev.hindcast.dataset;

import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.core.config.DidYouMean;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.ObservationSpace.CategoricalField;
import dev.hindcast.core.policy.PolicySpec;
import dev.hindcast.core.policy.TablePolicy;
import dev.hindcast.core.policy.TargetPolicy;
import dev.hindcast.dataset.columns.ParquetTable;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads policies that are given as tables of action probabilities. */
final class PolicyTables {
  private static final String EPISODE_ID = "episode_id";
  private static final String STEP = "step";

  private final PolicySpec.Table spec;
  private final ObservationSpace space;
  private final int actions;
  private final Map<String, double[]> rows = new HashMap<>();
  private final Map<String, BitSet> filled = new HashMap<>();

  private PolicyTables(PolicySpec.Table spec, ObservationSpace space, int actions) {
    this.spec = spec;
    this.space = space;
    this.actions = actions;
  }

  static TargetPolicy read(PolicySpec.Table spec, ObservationSpace space, int actions) {
    return new PolicyTables(spec, space, actions).read();
  }

  /** What makes two tables the same policy: the content and the columns read from it. */
  private record Identity(
      Fingerprint content,
      List<String> keyedBy,
      Optional<String> action,
      Optional<String> probability,
      Optional<String> probabilities) {}

  private TargetPolicy read() {
    TablePolicy.Key key = key();
    Set<String> columns = new LinkedHashSet<>(spec.keyedBy());
    spec.action().ifPresent(columns::add);
    spec.probability().ifPresent(columns::add);
    spec.probabilities().ifPresent(columns::add);
    ParquetTable table = ParquetTable.read(spec.path(), columns);
    String[] keys = keys(table, key);
    if (spec.probabilities().isPresent()) {
      readWide(table, keys);
    } else {
      readLong(table, keys);
    }
    Fingerprint fingerprint =
        Fingerprint.ofJson(
            new Identity(
                ParquetTable.fingerprint(spec.path()),
                spec.keyedBy(),
                spec.action(),
                spec.probability(),
                spec.probabilities()));
    return new TargetPolicy(
        spec.name(),
        "table",
        fingerprint,
        Optional.of(new TablePolicy(spec.name(), actions, space, key, rows)));
  }

  private TablePolicy.Key key() {
    List<String> categorical = space.categorical().stream().map(CategoricalField::name).toList();
    if (Set.copyOf(spec.keyedBy()).equals(Set.of(EPISODE_ID, STEP))
        && !categorical.contains(EPISODE_ID)) {
      return TablePolicy.Key.EPISODE_AND_STEP;
    }
    List<Integer> numericKey = new ArrayList<>();
    List<Integer> categoricalKey = new ArrayList<>();
    for (String field : spec.keyedBy()) {
      if (categorical.contains(field)) {
        categoricalKey.add(categorical.indexOf(field));
      } else if (space.numeric().contains(field)) {
        numericKey.add(space.numeric().indexOf(field));
      } else {
        List<String> known = new ArrayList<>(categorical);
        known.addAll(space.numeric());
        throw UserError.usage(
            "Cannot use policy "
                + spec.name()
                + ": its table is keyed by "
                + field
                + ", which is no observation field of the dataset."
                + DidYouMean.hint(field, known));
      }
    }
    return new TablePolicy.Key(numericKey, categoricalKey);
  }

  private String[] keys(ParquetTable table, TablePolicy.Key key) {
    String[] keys = new String[table.rows()];
    if (key.equals(TablePolicy.Key.EPISODE_AND_STEP)) {
      String[] ids = table.texts(EPISODE_ID);
      int[] steps = table.ints(STEP);
      for (int row = 0; row < keys.length; row++) {
        keys[row] = TablePolicy.Key.of(ids[row], steps[row]);
      }
      return keys;
    }
    List<String[]> parts = new ArrayList<>();
    for (int field : key.categorical()) {
      parts.add(table.texts(space.categorical().get(field).name()));
    }
    for (int field : key.numeric()) {
      double[] numbers = table.numbers(space.numeric().get(field));
      String[] texts = new String[numbers.length];
      for (int row = 0; row < texts.length; row++) {
        texts[row] = Float.toString((float) numbers[row]); // as the dataset stores it
      }
      parts.add(texts);
    }
    for (int row = 0; row < keys.length; row++) {
      List<String> values = new ArrayList<>();
      for (String[] part : parts) {
        values.add(part[row]);
      }
      keys[row] = TablePolicy.Key.of(values);
    }
    return keys;
  }

  private void readLong(ParquetTable table, String[] keys) {
    long[] action = table.wholes(spec.action().orElseThrow());
    double[] probability = table.numbers(spec.probability().orElseThrow());
    for (int row = 0; row < keys.length; row++) {
      if (action[row] < 0 || action[row] >= actions) {
        throw wrong(row, "action is " + action[row] + ", but must be 0 to " + (actions - 1));
      }
      check(row, probability[row]);
      BitSet seen = filled.computeIfAbsent(keys[row], k -> new BitSet(actions));
      if (seen.get((int) action[row])) {
        throw wrong(row, "action " + action[row] + " has a probability already for the same key");
      }
      seen.set((int) action[row]);
      rows.computeIfAbsent(keys[row], k -> new double[actions])[(int) action[row]] =
          probability[row];
    }
  }

  private void readWide(ParquetTable table, String[] keys) {
    double[][] probabilities = table.numberLists(spec.probabilities().orElseThrow());
    for (int row = 0; row < keys.length; row++) {
      if (probabilities[row].length != actions) {
        throw wrong(
            row,
            probabilities[row].length + " probabilities, but there are " + actions + " actions");
      }
      for (double probability : probabilities[row]) {
        check(row, probability);
      }
      if (rows.put(keys[row], probabilities[row]) != null) {
        throw wrong(row, "the same key stands in an earlier row");
      }
    }
  }

  private void check(int row, double probability) {
    if (!(probability >= 0 && probability <= 1 + TablePolicy.TOLERANCE)) {
      throw wrong(row, "probability is " + probability + ", but must lie in [0, 1]");
    }
  }

  private UserError wrong(int row, String what) {
    return UserError.data(
        "Cannot use policy "
            + spec.name()
            + ": row "
            + row
            + " of "
            + spec.path()
            + " is wrong ("
            + what
            + "). Rows count from 0.");
  }
}
