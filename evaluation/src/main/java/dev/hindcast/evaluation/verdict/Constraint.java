package dev.hindcast.evaluation.verdict;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.hindcast.core.config.ConfigNode;
import dev.hindcast.core.config.Require;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.DoubleFunction;

/**
 * What a policy must do of one component of the reward, however much it earns: say, cost no more
 * than so much. The whole interval must lie on the right side of the bound, so luck breaks one no
 * more often than an interval misses; that all constraints hold together needs no correction for
 * their number (intersection-union test: Berger 1982).
 *
 * @param component its name
 * @param side of the bound on which policies must be
 * @param bound in the component's own unit, per episode; empty for what the incumbent does
 * @param margin by how much a policy may do worse than the incumbent, at least 0; 0 beside a bound
 */
public record Constraint(String component, Side side, Optional<Double> bound, double margin) {
  /** Which side of a bound is the right one. */
  public enum Side {
    /** No more than the bound. */
    AT_MOST,
    /** No less. */
    AT_LEAST;

    /** The word in configs, in kebab-case, and in reports. */
    @JsonValue
    public String key() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** Checks the ranges. */
  public Constraint {
    Require.nonNegative("margin", margin);
  }

  /** Whether policies are held against the incumbent and not against a number. */
  @JsonIgnore
  public boolean isRelative() {
    return bound.isEmpty();
  }

  /**
   * What is allowed, as the rest of a sentence that begins with the component: "at most 2.5", "at
   * most 0.1 more than that of the incumbent".
   *
   * @param number how to write a bound
   */
  public String allowed(String incumbent, DoubleFunction<String> number) {
    String most = "at most ";
    String side = this.side == Side.AT_MOST ? most : "at least ";
    String that = "that of " + incumbent;
    if (!isRelative()) {
      return side + number.apply(bound.orElseThrow());
    }
    return margin == 0
        ? side + that
        : most
            + number.apply(margin)
            + (this.side == Side.AT_MOST ? " more than " : " less than ")
            + that;
  }

  /** Reads the section {@code constraints}: components with a bound each. */
  static List<Constraint> from(ConfigNode node) {
    List<Constraint> constraints = new ArrayList<>();
    for (String component : node.keys()) {
      ConfigNode of = node.section(component);
      ConfigNode margin = of.at("margin");
      boolean isRelative = false;
      int before = constraints.size();
      for (Side side : Side.values()) {
        ConfigNode bound = of.at(side.key());
        if (bound.isPresent()) {
          Optional<Double> number = PromoteIf.boundOrIncumbent(bound);
          isRelative |= number.isEmpty();
          double allowed = number.isEmpty() ? margin.number(0) : 0;
          of.checked(() -> new Constraint(component, side, number, allowed))
              .ifPresent(constraints::add);
        }
      }
      if (constraints.size() == before) {
        of.problem(
            "says no bound: give at-most or at-least, each a number or '"
                + PromoteIf.INCUMBENT
                + "'");
      }
      if (margin.isPresent() && !isRelative) {
        margin.problem(
            "stands beside a number, which can hold it already; it says by how much a policy may do"
                + " worse than the incumbent");
      }
    }
    return constraints;
  }
}
