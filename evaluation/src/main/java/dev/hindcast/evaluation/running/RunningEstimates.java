package dev.hindcast.evaluation.running;

import dev.hindcast.core.report.Estimate;
import dev.hindcast.evaluation.interval.AsymptoticSequence;
import dev.hindcast.evaluation.interval.BernsteinSequence;
import dev.hindcast.evaluation.interval.GammaExponential;
import dev.hindcast.evaluation.running.Alarm.Kind;
import dev.hindcast.evaluation.running.EstimateConfig.Sequence;
import dev.hindcast.evaluation.running.EstimateLine.Difference;
import dev.hindcast.evaluation.running.EstimateLine.Figures;
import dev.hindcast.evaluation.running.RunningPlan.Judged;
import dev.hindcast.evaluation.running.RunningPlan.Limits;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import org.hipparchus.special.Erf;

/**
 * What windows have shown so far; never changed. Windows are taken in the order of their time;
 * equal windows in equal order give equal figures, bit for bit.
 *
 * <p><b>False alarms.</b> Alarms about values are raised by one-sided bounds. The probability that
 * any of them is ever false is shared by all of them alike, and where bounds begin anew from time
 * to time, the j-th time gets the part 1 / (j (j + 1)) of its share: together never more than the
 * whole. Bounds are about the mean value over the episodes since they began, which with a world
 * that changes is what it was on average.
 */
public final class RunningEstimates {
  /** With fewer episodes in a window its effective sample size is not judged. */
  static final int LEAST_WINDOW = 30;

  /** The probability that mean weights are ever said to be off while they are not. */
  private static final double WEIGHT_ERROR = 1e-4;

  /** So far from 1 a mean weight may be for reasons of rounding. */
  private static final double WEIGHT_ROUNDING = 1e-3;

  private long plan;
  private Moments whole;
  private long begun; // where the first window since bounds began begins, in milliseconds
  private long epoch;
  private int restarts; // how often bounds have begun
  private BernsteinSequence[] sequences;
  private double[] largestWeights;
  private final TreeSet<String> raised = new TreeSet<>();

  /** Nothing yet. */
  public RunningEstimates() {
    plan = 0;
    whole = new Moments(0);
    sequences = new BernsteinSequence[0];
    largestWeights = new double[0];
  }

  /**
   * What one window led to.
   *
   * @param estimates after it
   * @param lines one for each policy, champion first
   */
  public record Outcome(RunningEstimates estimates, List<EstimateLine> lines) {
    /** Copies the list. */
    public Outcome {
      lines = List.copyOf(lines);
    }
  }

  /**
   * What comes of the next window; these estimates stay as they are. Sums of another plan than the
   * earlier ones begin everything anew.
   *
   * @param from where it begins, in milliseconds since 1970
   * @param sums of its episodes, at least one
   */
  public Outcome after(RunningPlan by, long from, WindowSums sums) {
    RunningEstimates next = copy();
    next.take(by, from, sums);
    return new Outcome(next, next.new Look(by, from, sums).lines());
  }

  private void take(RunningPlan by, long from, WindowSums sums) {
    Limits limits = by.limits();
    if (plan != by.id()) {
      raised.clear();
      restarts = 0;
      begin(by, from);
    } else if (limits.restartEvery() > 0 && Math.floorDiv(from, limits.restartEvery()) != epoch) {
      begin(by, from);
    }
    whole.merge(sums.moments());
    for (int p = 0; p < largestWeights.length; p++) {
      largestWeights[p] = Math.max(largestWeights[p], sums.largestWeight(p));
    }
    if (by.hasRange()) {
      for (int i = 0; i < sequences.length; i++) {
        Moments batch = sums.moments();
        sequences[i] = sequences[i].after(batch.count(), batch.sum(i), batch.squares(i));
      }
    }
  }

  private RunningEstimates copy() {
    RunningEstimates copy = new RunningEstimates();
    copy.plan = plan;
    copy.whole = new Moments(whole.width());
    copy.whole.merge(whole);
    copy.begun = begun;
    copy.epoch = epoch;
    copy.restarts = restarts;
    copy.sequences = sequences.clone();
    copy.largestWeights = largestWeights.clone();
    copy.raised.addAll(raised);
    return copy;
  }

  private void begin(RunningPlan by, long from) {
    plan = by.id();
    begun = from;
    epoch = by.limits().restartEvery() > 0 ? Math.floorDiv(from, by.limits().restartEvery()) : 0;
    restarts++;
    whole = new Moments(by.width());
    largestWeights = new double[by.policies().size()];
    sequences = new BernsteinSequence[by.hasRange() ? by.width() : 0];
    Arrays.fill(sequences, BernsteinSequence.NONE);
  }

  /** Writes all of it. */
  public void write(DataOutput out) throws IOException {
    out.writeLong(plan);
    out.writeLong(begun);
    out.writeLong(epoch);
    out.writeInt(restarts);
    whole.write(out);
    out.writeInt(largestWeights.length);
    for (double weight : largestWeights) {
      out.writeDouble(weight);
    }
    out.writeInt(sequences.length);
    for (BernsteinSequence sequence : sequences) {
      out.writeDouble(sequence.count());
      out.writeDouble(sequence.sum());
      out.writeDouble(sequence.spread());
    }
    out.writeInt(raised.size());
    for (String alarm : raised) {
      out.writeUTF(alarm);
    }
  }

  /** Reads what {@link #write} wrote. */
  public static RunningEstimates read(DataInput in) throws IOException {
    RunningEstimates read = new RunningEstimates();
    read.plan = in.readLong();
    read.begun = in.readLong();
    read.epoch = in.readLong();
    read.restarts = in.readInt();
    read.whole = Moments.read(in);
    read.largestWeights = new double[in.readInt()];
    for (int p = 0; p < read.largestWeights.length; p++) {
      read.largestWeights[p] = in.readDouble();
    }
    read.sequences = new BernsteinSequence[in.readInt()];
    for (int i = 0; i < read.sequences.length; i++) {
      read.sequences[i] = new BernsteinSequence(in.readDouble(), in.readDouble(), in.readDouble());
    }
    int alarms = in.readInt();
    for (int i = 0; i < alarms; i++) {
      read.raised.add(in.readUTF());
    }
    return read;
  }

  /** One look at everything, after a window. */
  private final class Look {
    private final RunningPlan by;
    private final Limits limits;
    private final String from;
    private final String to;
    private final WindowSums window;
    private final double alarmError; // of one alarm about values
    private final List<Alarm> changes = new ArrayList<>();

    Look(RunningPlan by, long from, WindowSums window) {
      this.by = by;
      this.limits = by.limits();
      this.from = Instant.ofEpochMilli(from).toString();
      this.to = Instant.ofEpochMilli(from + limits.window()).toString();
      this.window = window;
      int alarms = by.policies().size() - 1 + (limits.hasGate() ? 1 : 0);
      double share = limits.restartEvery() > 0 ? 1.0 / ((double) restarts * (restarts + 1)) : 1;
      alarmError = limits.falseAlarms() * share / Math.max(1, alarms);
    }

    List<EstimateLine> lines() {
      List<EstimateLine> lines = new ArrayList<>();
      for (int p = 0; p < by.policies().size(); p++) {
        changes.clear();
        lines.add(line(p));
      }
      return lines;
    }

    private EstimateLine line(int p) {
      Judged policy = by.policies().get(p);
      Optional<String> verdict = p == 0 ? judgeChampion() : Optional.of(judgeChallenger(p));
      if (!policy.candidate().isLogged()) {
        judgeSupport(p);
        judgeWeights(p);
      }
      List<String> alarms = new ArrayList<>();
      for (Kind kind : Kind.values()) {
        if (raised.contains(name(kind, policy))) {
          alarms.add(kind.key());
        }
      }
      double error = 1 - limits.level();
      return new EstimateLine(
          from,
          to,
          policy.name(),
          p == 0 ? EstimateLine.CHAMPION : "challenger",
          policy.estimatorName(),
          figures(p, window.moments(), window.largestWeight(p), oneLook(p)),
          figures(
              p,
              whole,
              largestWeights[p],
              new double[] {lower(p, error / 2, error), upper(p, error / 2, error)}),
          Instant.ofEpochMilli(begun).toString(),
          (limits.isExact() ? Sequence.EMPIRICAL_BERNSTEIN : Sequence.ASYMPTOTIC).key(),
          p == 0 ? Optional.empty() : Optional.of(difference(p, error)),
          verdict,
          alarms,
          changes,
          window.outside());
    }

    /** The interval of the window alone, by the normal approximation. */
    private double[] oneLook(int p) {
      Moments moments = window.moments();
      double reach =
          Math.sqrt(2)
              * Erf.erfInv(limits.level())
              * deviation(moments, p)
              / Math.sqrt(moments.count());
      double value = value(moments, p);
      return moments.count() > 1
          ? new double[] {value - reach, value + reach}
          : new double[] {Double.NaN, Double.NaN};
    }

    private Figures figures(int p, Moments moments, double largest, double[] interval) {
      int place = by.weightPlace(p);
      double sum = moments.sum(place);
      return new Figures(
          (long) moments.count(),
          Estimate.finite(value(moments, p)),
          Estimate.finite(deviation(moments, p) / Math.sqrt(moments.count())),
          Estimate.finite(interval[0]),
          Estimate.finite(interval[1]),
          Estimate.finite(sum * sum / moments.squares(place)),
          Estimate.finite(sum / moments.count()),
          largest);
    }

    private Difference difference(int p, double error) {
      double[] ends = {better(p, error / 2, error), worse(p, error / 2, error)};
      return new Difference(
          Estimate.finite(value(whole, p) - value(whole, 0)),
          Estimate.finite(ends[0]),
          Estimate.finite(ends[1]));
    }

    private Optional<String> judgeChampion() {
      if (!limits.hasGate()) {
        return Optional.empty();
      }
      double upper = upper(0, alarmError, 0);
      double lower = lower(0, alarmError, 0);
      String name = by.policies().get(0).name();
      boolean isBelow = upper < limits.gate();
      change(
          Kind.BELOW_GATE,
          0,
          isBelow,
          isBelow
              ? "The champion "
                  + name
                  + " is worth less than its gate of "
                  + number(limits.gate())
                  + ": at most "
                  + number(upper)
                  + " on average over "
                  + count(whole)
                  + " episodes."
              : "The champion "
                  + name
                  + " is no longer shown to be below its gate of "
                  + number(limits.gate())
                  + ".",
          upper,
          limits.gate());
      return Optional.of(
          isBelow ? "below-gate" : lower > limits.gate() ? "above-gate" : "undecided");
    }

    private String judgeChallenger(int p) {
      double lower = better(p, alarmError, 0);
      double upper = worse(p, alarmError, 0);
      String name = by.policies().get(p).name();
      String champion = by.policies().get(0).name();
      boolean isBetter = lower > 0;
      change(
          Kind.OVERTAKEN,
          p,
          isBetter,
          isBetter
              ? "The challenger "
                  + name
                  + " is better than the champion "
                  + champion
                  + ": by at least "
                  + number(lower)
                  + " on average over "
                  + count(whole)
                  + " episodes."
              : "The challenger "
                  + name
                  + " is no longer shown to be better than the champion "
                  + champion
                  + ".",
          lower,
          0);
      return isBetter ? "better" : upper < 0 ? "worse" : "undecided";
    }

    private void judgeSupport(int p) {
      Moments moments = window.moments();
      if (moments.count() < LEAST_WINDOW) {
        return;
      }
      double sum = moments.sum(by.weightPlace(p));
      double squares = moments.squares(by.weightPlace(p));
      double share = squares == 0 ? 0 : sum * sum / squares / moments.count();
      boolean isCollapsed = share < limits.leastSampleShare();
      String name = by.policies().get(p).name();
      change(
          Kind.SUPPORT_COLLAPSED,
          p,
          isCollapsed,
          "The log "
              + (isCollapsed ? "hardly shows" : "shows again")
              + " what "
              + name
              + " would do: "
              + count(moments)
              + " episodes of the window amount to "
              + number(share * moments.count())
              + ".",
          share,
          limits.leastSampleShare());
    }

    private void judgeWeights(int p) {
      if (!(effective(p) >= limits.firstLook())) {
        return;
      }
      int place = by.weightPlace(p);
      double[] alone = new double[by.width()];
      alone[place] = 1;
      double mean = whole.sum(place) / whole.count();
      double reach =
          WEIGHT_ROUNDING
              + AsymptoticSequence.tightestAt(limits.planned(), WEIGHT_ERROR)
                  .twoSided(whole.count(), whole.deviation(alone), WEIGHT_ERROR);
      boolean isOff = Math.abs(mean - 1) > reach;
      String name = by.policies().get(p).name();
      change(
          Kind.WEIGHTS_OFF,
          p,
          isOff,
          isOff
              ? "The mean weight of "
                  + name
                  + " is "
                  + number(mean)
                  + ", where 1 is due: propensities are wrong, or the log lacks what it does."
              : "The mean weight of " + name + " is 1 again, as far as can be told.",
          mean,
          1);
    }

    private void change(
        Kind kind, int p, boolean isNow, String words, double figure, double against) {
      Judged policy = by.policies().get(p);
      boolean isNew = isNow ? raised.add(name(kind, policy)) : raised.remove(name(kind, policy));
      if (isNew) {
        changes.add(
            new Alarm(
                to,
                kind.key(),
                policy.name(),
                isNow ? Alarm.RAISED : Alarm.CLEARED,
                words,
                Estimate.finite(figure),
                against));
      }
    }

    private static String name(Kind kind, Judged policy) {
      return kind.key() + " " + policy.name();
    }

    private double value(Moments moments, int p) {
      Judged policy = by.policies().get(p);
      int place = by.termsPlace(p);
      return policy.estimator().value(moments.means(place, place + policy.estimator().termCount()));
    }

    /** The standard deviation of the influence of episodes on an estimate. */
    private double deviation(Moments moments, int p) {
      return moments.deviation(influence(moments, p, 1, new double[by.width()]));
    }

    private double[] influence(Moments moments, int p, double sign, double[] into) {
      Judged policy = by.policies().get(p);
      int place = by.termsPlace(p);
      double[] gradient =
          policy.estimator().gradient(moments.means(place, place + policy.estimator().termCount()));
      for (int k = 0; k < gradient.length; k++) {
        into[place + k] = sign * gradient[k];
      }
      return into;
    }

    // Bounds of a value and of a difference: each at an error of its own, one-sided; where both
    // are wanted together, twoSided is the error of the pair, and 0 otherwise.

    private double lower(int p, double error, double twoSided) {
      return limits.isExact()
          ? by.from() + width() * exact(by.lowPlace(p), error)
          : value(whole, p) - reach(alone(p), effective(p), error, twoSided);
    }

    private double upper(int p, double error, double twoSided) {
      return limits.isExact()
          ? by.to() - width() * exact(by.highPlace(p), error)
          : value(whole, p) + reach(alone(p), effective(p), error, twoSided);
    }

    private double better(int p, double error, double twoSided) {
      return limits.isExact()
          ? width() * (2 * exact(by.betterPlace(p), error) - 1)
          : value(whole, p)
              - value(whole, 0)
              - reach(both(p), Math.min(effective(p), effective(0)), error, twoSided);
    }

    private double worse(int p, double error, double twoSided) {
      return limits.isExact()
          ? width() * (1 - 2 * exact(by.worsePlace(p), error))
          : value(whole, p)
              - value(whole, 0)
              + reach(both(p), Math.min(effective(p), effective(0)), error, twoSided);
    }

    private double width() {
      return by.to() - by.from();
    }

    private double[] alone(int p) {
      return influence(whole, p, 1, new double[by.width()]);
    }

    private double[] both(int p) {
      return influence(whole, 0, -1, alone(p));
    }

    private double exact(int place, double error) {
      GammaExponential mixture = BernsteinSequence.mixture(limits.planned(), error);
      return Math.min(1, sequences[place].lower(mixture, error));
    }

    private double reach(double[] influence, double effective, double error, double twoSided) {
      if (!(effective >= limits.firstLook())) {
        return Double.POSITIVE_INFINITY;
      }
      double deviation = whole.deviation(influence);
      double spent = twoSided > 0 ? twoSided : error;
      AsymptoticSequence sequence = AsymptoticSequence.tightestAt(limits.planned(), spent);
      return twoSided > 0
          ? sequence.twoSided(whole.count(), deviation, spent)
          : sequence.oneSided(whole.count(), deviation, spent);
    }

    /** The effective sample size of a policy so far; not a number without any weight. */
    private double effective(int p) {
      double sum = whole.sum(by.weightPlace(p));
      return sum * sum / whole.squares(by.weightPlace(p));
    }

    private static String number(double figure) {
      return String.format(Locale.ROOT, "%.4g", figure);
    }

    private static String count(Moments moments) {
      return String.format(Locale.ROOT, "%,d", (long) moments.count());
    }
  }
}
