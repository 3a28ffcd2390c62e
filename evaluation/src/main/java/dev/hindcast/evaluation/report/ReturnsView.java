package dev.hindcast.evaluation.report;

import dev.hindcast.core.report.EvaluationReport.PolicyResult;
import dev.hindcast.core.report.Ranged;
import dev.hindcast.core.report.ReturnDistribution;
import dev.hindcast.core.report.ReturnDistribution.Point;
import dev.hindcast.core.report.ReturnDistribution.Quantile;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Distributions of returns in words and well-set numbers; public only for the page's templates. */
public final class ReturnsView {
  private static final int MOST_ROWS = 40;

  private final ReportView view;

  ReturnsView(ReportView view) {
    this.view = view;
  }

  /** Whether the report speaks of distributions at all. */
  public boolean isShown() {
    return view.report().policies().stream().anyMatch(policy -> policy.returns().isPresent());
  }

  /** The policies that have one. */
  public List<PolicyResult> shown() {
    return view.report().policies().stream()
        .filter(policy -> policy.returns().filter(ReturnDistribution::isThere).isPresent())
        .toList();
  }

  /** The policies that have none, and why. */
  public List<String> absent() {
    List<String> lines = new ArrayList<>();
    for (PolicyResult policy : view.report().policies()) {
      policy
          .returns()
          .flatMap(ReturnDistribution::absentBecause)
          .ifPresent(because -> lines.add(policy.name() + ": " + because + "."));
    }
    return lines;
  }

  /** What the worst returns are. */
  public String tail() {
    return "Mean of the worst " + view.percent(of(shown().get(0)).tail());
  }

  /** What the columns of quantiles are called. */
  public List<String> shares() {
    return of(shown().get(0)).quantiles().stream()
        .map(quantile -> quantile.share() == 0.5 ? "Median" : view.percent(quantile.share()))
        .toList();
  }

  /** The mean return. */
  public String mean(PolicyResult policy) {
    return view.number(of(policy).mean());
  }

  /** The standard deviation of returns. */
  public String deviation(PolicyResult policy) {
    return view.number(of(policy).variance().map(Ranged::value).map(Math::sqrt));
  }

  /** Its interval. */
  public String deviationRange(PolicyResult policy) {
    return of(policy)
        .variance()
        .map(v -> new Ranged(v.value(), v.lower().map(Math::sqrt), v.upper().map(Math::sqrt)))
        .map(this::range)
        .orElse("");
  }

  /** The mean of the worst returns. */
  public String tailMean(PolicyResult policy) {
    return view.number(of(policy).tailMean().map(Ranged::value));
  }

  /** Its interval. */
  public String tailRange(PolicyResult policy) {
    return of(policy).tailMean().map(this::range).orElse("");
  }

  /** The quantiles of a policy. */
  public List<Quantile> quantiles(PolicyResult policy) {
    return of(policy).quantiles();
  }

  /** A quantile. */
  public String value(Quantile quantile) {
    return view.number(Optional.of(quantile.value()));
  }

  /** Its interval. */
  public String range(Quantile quantile) {
    return range(quantile.lower(), quantile.upper());
  }

  /** Rows of the table of distribution functions; of many points, evenly spaced ones. */
  public List<Integer> rows() {
    int points = of(shown().get(0)).points().size();
    int every = Math.max(1, (points + MOST_ROWS - 1) / MOST_ROWS);
    List<Integer> rows = new ArrayList<>();
    for (int k = (points - 1) % every; k < points; k += every) {
      rows.add(k);
    }
    return rows;
  }

  /** The return of a row. */
  public String at(int row) {
    return view.number(Optional.of(of(shown().get(0)).points().get(row).at()));
  }

  /** The share of episodes with no greater return, and its interval. */
  public String share(PolicyResult policy, int row) {
    Point point = of(policy).points().get(row);
    return String.format(
        Locale.ROOT, "%.3f (%.3f to %.3f)", point.share(), point.lower(), point.upper());
  }

  /** How a policy's returns spread, in one sentence without its name. */
  public String words(PolicyResult policy) {
    String quantiles =
        quantiles(policy).stream()
            .map(
                quantile ->
                    (quantile.share() == 0.5
                            ? "median "
                            : view.percent(quantile.share()) + " quantile ")
                        + value(quantile))
            .reduce((a, b) -> a + ", " + b)
            .map(all -> "; " + all)
            .orElse("");
    String range = tailRange(policy);
    return "mean of the worst "
        + view.percent(of(policy).tail())
        + " "
        + tailMean(policy)
        + (range.isEmpty() ? "" : " (" + range + ")")
        + quantiles
        + ".";
  }

  private static ReturnDistribution of(PolicyResult policy) {
    return policy.returns().orElseThrow();
  }

  private String range(Ranged figure) {
    return figure.lower().isPresent() && figure.upper().isPresent()
        ? range(figure.lower().get(), figure.upper().get())
        : "no interval";
  }

  private String range(double lower, double upper) {
    return view.number(Optional.of(lower)) + " to " + view.number(Optional.of(upper));
  }
}
