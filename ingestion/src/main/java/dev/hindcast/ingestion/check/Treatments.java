package dev.hindcast.ingestion.check;

import dev.hindcast.core.config.ConfigNode;
import dev.hindcast.core.config.DidYouMean;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What happens to rows that break a rule.
 *
 * @param byRule for every rule
 */
public record Treatments(Map<String, Treatment> byRule) implements Serializable {
  /** Rows are set aside, up to one in a hundred: more is a fault of the log or of the mapping. */
  public static final Treatment DEFAULT = new Treatment(Treat.QUARANTINE, 0.01);

  /** The companions of a broken row always go with it. */
  private static final Treatment COMPANIONS = new Treatment(Treat.QUARANTINE, 1);

  /** Copies the map and fills in the rules that it does not name. */
  public Treatments {
    TreeMap<String, Treatment> filled = new TreeMap<>();
    Checks.all().forEach(check -> filled.put(check.name(), check.treatment()));
    filled.put(Checks.COMPANION, COMPANIONS);
    filled.putAll(byRule);
    byRule = Collections.unmodifiableMap(filled);
  }

  /** What to do with a row. */
  public enum Treat {
    /** Set it aside, with its whole episode. */
    QUARANTINE,
    /** Use it all the same, and count it. */
    KEEP,
    /** End the run at the first one. */
    STOP
  }

  /**
   * What happens to rows that break one rule.
   *
   * @param treat what to do with them
   * @param atMost the share of all rows beyond which the run stops, in [0, 1]
   */
  public record Treatment(Treat treat, double atMost) implements Serializable {}

  /** Reads the section {@code checks}; mistakes become problems of the document. */
  public static Treatments from(ConfigNode node) {
    List<String> known = new ArrayList<>();
    Checks.all().forEach(check -> known.add(check.name()));
    known.add(Checks.COMPANION);
    Treatments without = new Treatments(Map.of());
    Map<String, Treatment> byRule = new TreeMap<>();
    for (String rule : node.keys()) {
      ConfigNode section = node.section(rule);
      if (!known.contains(rule)) {
        section.leaveToOthers().problem("is no rule." + DidYouMean.hint(rule, known));
        continue;
      }
      byRule.put(rule, treatment(rule, section, without.of(rule)));
    }
    return new Treatments(byRule);
  }

  /** What happens to rows that break a rule. */
  public Treatment of(String rule) {
    return byRule.get(rule);
  }

  /** Whether observations may lack numbers. */
  public boolean areMissingNumbersKept() {
    return of(MissingNumber.NAME).treat() == Treat.KEEP;
  }

  private static Treatment treatment(String rule, ConfigNode node, Treatment otherwise) {
    Treat treat = node.at("treat").choice(Treat.class, otherwise.treat());
    if (treat == Treat.KEEP && !Checks.canBeKept(rule)) {
      node.at("treat")
          .problem(
              "is keep, but rows that break "
                  + rule
                  + " cannot be used. Rules whose rows can be kept: "
                  + String.join(
                      ", ",
                      Checks.all().stream().filter(Check::canBeKept).map(Check::name).toList()));
    }
    double share =
        switch (treat) {
          case QUARANTINE -> rule.equals(Checks.COMPANION) ? 1 : DEFAULT.atMost();
          case KEEP -> 1;
          case STOP -> 0;
        };
    if (treat == Treat.STOP && node.at("at-most").isPresent()) {
      node.at("at-most").problem("has no meaning beside treat: stop, which allows none");
    }
    double atMost = node.at("at-most").number(share);
    if (!(atMost >= 0 && atMost <= 1)) {
      node.at("at-most").problem("is " + atMost + ", but must lie in [0%, 100%]");
    }
    return new Treatment(treat, atMost);
  }
}
