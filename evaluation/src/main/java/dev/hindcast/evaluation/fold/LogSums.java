package dev.hindcast.evaluation.fold;

import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.evaluation.diagnostic.Calibrating;
import dev.hindcast.evaluation.diagnostic.PropensityChecks;
import dev.hindcast.evaluation.scoring.BehaviorLog;
import java.io.Serializable;

/** What the log is, whoever is judged on it. */
public final class LogSums implements Serializable {
  private static final long serialVersionUID = 1L;

  private long episodes;
  private long transitions;
  private long terminated;
  private long truncated;
  private long withoutFinalObservation;
  private int maxLength;
  private double minPropensity = Double.POSITIVE_INFINITY;
  private double inversePropensities;
  private long loggedOutsideMask;
  private final PropensityChecks propensities = new PropensityChecks();
  private final Calibrating calibrating = new Calibrating();

  void add(BehaviorLog log) {
    TransitionColumns columns = log.columns();
    calibrating.merge(log.calibrating());
    for (int e = 0; e < columns.episodes(); e++) {
      int last = columns.end(e) - 1;
      episodes++;
      maxLength = Math.max(maxLength, columns.end(e) - columns.start(e));
      if (columns.truncated(last)) {
        truncated++;
        withoutFinalObservation += columns.next(last) == TransitionColumns.UNKNOWN ? 1 : 0;
      } else {
        terminated++;
      }
    }
    transitions += columns.rows();
    if (log.hasPropensities()) {
      propensities.add(columns, log::propensity);
    }
    for (int row = 0; row < columns.rows(); row++) {
      if (log.hasPropensities()) {
        minPropensity = Math.min(minPropensity, log.propensity(row));
        inversePropensities += 1 / log.propensity(row);
      }
      loggedOutsideMask += columns.isLoggedActionAdmissible(row) ? 0 : 1;
    }
  }

  void merge(LogSums later) {
    episodes += later.episodes;
    transitions += later.transitions;
    terminated += later.terminated;
    truncated += later.truncated;
    withoutFinalObservation += later.withoutFinalObservation;
    maxLength = Math.max(maxLength, later.maxLength);
    minPropensity = Math.min(minPropensity, later.minPropensity);
    inversePropensities += later.inversePropensities;
    loggedOutsideMask += later.loggedOutsideMask;
    propensities.merge(later.propensities);
    calibrating.merge(later.calibrating);
  }

  /** How many episodes. */
  public long episodes() {
    return episodes;
  }

  /** How many steps. */
  public long transitions() {
    return transitions;
  }

  /** Episodes that the world ended. */
  public long terminated() {
    return terminated;
  }

  /** Episodes that the log or a clock ended. */
  public long truncated() {
    return truncated;
  }

  /** Truncated episodes whose last observation is not in the log. */
  public long withoutFinalObservation() {
    return withoutFinalObservation;
  }

  /** Steps of the longest episode. */
  public int maxLength() {
    return maxLength;
  }

  /** The least propensity; infinite where there are none. */
  public double minPropensity() {
    return minPropensity;
  }

  /** The mean over steps of 1 / propensity. */
  public double meanInversePropensity() {
    return inversePropensities / transitions;
  }

  /** Whether propensities can be what the logger drew from. */
  public PropensityChecks propensities() {
    return propensities;
  }

  /** Whether those who are said to have acted did. */
  public Calibrating calibrating() {
    return calibrating;
  }

  /** Steps whose logged action their own mask rules out. */
  public long loggedOutsideMask() {
    return loggedOutsideMask;
  }
}
