package dev.hindcast.ingestion.check;

import dev.hindcast.core.config.UserError;
import dev.hindcast.dataset.columns.QuarantineFile;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** How many rows broke each rule, with the first few; gathered in parts that merge. */
public final class CheckReport implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final int EXAMPLES = 3;

  private final TreeMap<String, Tally> quarantined = new TreeMap<>();
  private final TreeMap<String, Tally> kept = new TreeMap<>();

  private static final class Tally implements Serializable {
    private static final long serialVersionUID = 1L;
    private long count;
    private final TreeSet<QuarantineFile.Row> first = new TreeSet<>();

    void add(QuarantineFile.Row row) {
      count++;
      remember(row);
    }

    void merge(Tally other) {
      count += other.count;
      other.first.forEach(this::remember);
    }

    private void remember(QuarantineFile.Row row) {
      first.add(row);
      if (first.size() > EXAMPLES) {
        first.pollLast();
      }
    }
  }

  /** Counts what was decided about an episode. */
  public void add(EpisodeScreening.Decision decision) {
    decision
        .quarantined()
        .forEach(row -> quarantined.computeIfAbsent(row.rule(), r -> new Tally()).add(row));
    decision
        .warnings()
        .forEach(
            (rule, rows) -> {
              Tally tally = kept.computeIfAbsent(rule, r -> new Tally());
              rows.forEach(tally::add);
            });
  }

  /** Adds what another part has counted. */
  public void merge(CheckReport other) {
    other.quarantined.forEach(
        (rule, tally) -> quarantined.computeIfAbsent(rule, r -> new Tally()).merge(tally));
    other.kept.forEach((rule, tally) -> kept.computeIfAbsent(rule, r -> new Tally()).merge(tally));
  }

  /** Rows set aside, by rule. */
  public Map<String, Long> quarantined() {
    return counts(quarantined);
  }

  /** Rows that were kept although they broke a rule, by rule. */
  public Map<String, Long> warnings() {
    return counts(kept);
  }

  /**
   * Stops the run when a rule was broken more often than allowed.
   *
   * @param what what cannot be done, such as "ingest log.parquet"
   * @param rows rows read
   * @param config what messages call the config file
   * @throws UserError (data) with every such rule, its count, share and first examples
   */
  public void enforce(Treatments treatments, String what, long rows, String config) {
    List<String> beyond = new ArrayList<>();
    collect(quarantined, treatments, rows, beyond);
    collect(kept, treatments, rows, beyond);
    if (!beyond.isEmpty()) {
      throw UserError.data(
          "Cannot "
              + what
              + ": more rows broke a rule than is allowed, so nothing was written.\n  "
              + String.join("\n  ", beyond)
              + "\nCorrect the log or the mapping, or allow more under ingest.checks in "
              + config
              + ", for example "
              + firstBeyond(treatments, rows)
              + ": {at-most: 100%}.");
    }
  }

  private String firstBeyond(Treatments treatments, long rows) {
    TreeMap<String, Tally> all = new TreeMap<>(kept);
    all.putAll(quarantined);
    return all.entrySet().stream()
        .filter(entry -> isBeyond(entry.getValue(), treatments.of(entry.getKey()), rows))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow();
  }

  private static boolean isBeyond(Tally tally, Treatments.Treatment treatment, long rows) {
    return tally.count > treatment.atMost() * rows;
  }

  private static void collect(
      Map<String, Tally> tallies, Treatments treatments, long rows, List<String> beyond) {
    tallies.forEach(
        (rule, tally) -> {
          if (isBeyond(tally, treatments.of(rule), rows)) {
            beyond.add(
                String.format(
                    Locale.ROOT,
                    "%s: %,d of %,d rows (%s), allowed %s. First: %s.%s",
                    rule,
                    tally.count,
                    rows,
                    percent((double) tally.count / rows),
                    percent(treatments.of(rule).atMost()),
                    String.join(
                        "; ", tally.first.stream().map(QuarantineFile.Row::inWords).toList()),
                    Checks.canBeKept(rule) ? " Such rows can also be kept: {treat: keep}." : ""));
          }
        });
  }

  private static String percent(double share) {
    return new java.math.BigDecimal(share * 100)
            .round(new java.math.MathContext(3))
            .stripTrailingZeros()
            .toPlainString()
        + "%";
  }

  private static Map<String, Long> counts(Map<String, Tally> tallies) {
    TreeMap<String, Long> counts = new TreeMap<>();
    tallies.forEach((rule, tally) -> counts.put(rule, tally.count));
    return counts;
  }
}
