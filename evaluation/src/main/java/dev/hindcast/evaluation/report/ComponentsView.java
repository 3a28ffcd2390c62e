package dev.hindcast.evaluation.report;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.report.Estimate;
import dev.hindcast.core.report.EvaluationReport.ComponentValue;
import dev.hindcast.core.report.EvaluationReport.Difference;
import dev.hindcast.core.report.EvaluationReport.PolicyResult;
import dev.hindcast.evaluation.verdict.PromoteIf;
import java.util.List;
import java.util.Optional;

/**
 * What the reward is made of, in words and well-set numbers; public only for the page's templates.
 */
public final class ComponentsView {
  private final ReportView view;

  ComponentsView(ReportView view) {
    this.view = view;
  }

  /** Whether the reward has components. */
  public boolean isShown() {
    return !names().isEmpty();
  }

  /** The components, in the dataset's order. */
  public List<String> names() {
    return view.report().policies().stream()
        .findFirst()
        .map(policy -> policy.components().stream().map(ComponentValue::component).toList())
        .orElse(List.of());
  }

  /** What a component is multiplied by in the reward. */
  public String weight(String component) {
    JsonNode weight = view.report().provenance().config().path("reward_weights").path(component);
    return weight.isNumber() ? "\u00d7 " + view.plain(weight.doubleValue()) : "";
  }

  /** What a policy earns of a component. */
  public String value(PolicyResult policy, String component) {
    return number(component, of(policy, component).flatMap(value -> value.estimate().value()));
  }

  /** Its interval, or why there is none. */
  public String range(PolicyResult policy, String component) {
    Optional<Estimate> estimate = of(policy, component).map(ComponentValue::estimate);
    return estimate
        .filter(Estimate::hasInterval)
        .map(e -> number(component, e.lower()) + " to " + number(component, e.upper()))
        .or(() -> estimate.flatMap(Estimate::absentBecause))
        .orElse("no interval");
  }

  /** How much more than the incumbent; nothing for the incumbent. */
  public String difference(PolicyResult policy, String component) {
    return ReportView.signed(
        difference(of(policy, component)).map(Difference::value), decimals(component));
  }

  /** Its interval; empty for the incumbent. */
  public String differenceRange(PolicyResult policy, String component) {
    return difference(of(policy, component))
        .map(d -> signed(component, d.lower()) + " to " + signed(component, d.upper()))
        .orElse("");
  }

  private static Optional<Difference> difference(Optional<ComponentValue> value) {
    return value.flatMap(ComponentValue::differenceToIncumbent);
  }

  /** What policies must do of components to be promoted. */
  public List<String> constraints() {
    JsonNode conditions = view.report().provenance().config().path("promote_if");
    return conditions.isMissingNode()
        ? List.of()
        : CanonicalJson.read(CanonicalJson.bytes(conditions), PromoteIf.class)
            .constraints()
            .stream()
            .map(
                constraint ->
                    constraint.component()
                        + " must be "
                        + constraint.allowed(view.report().incumbent(), view::plain)
                        + ".")
            .toList();
  }

  private static Optional<ComponentValue> of(PolicyResult policy, String component) {
    return policy.components().stream()
        .filter(value -> value.component().equals(component))
        .findFirst();
  }

  /** Every component has a unit of its own, and decimals to suit it. */
  private int decimals(String component) {
    return ReportView.decimals(
        view.report().policies().stream()
            .flatMap(policy -> of(policy, component).stream())
            .map(ComponentValue::estimate));
  }

  private String number(String component, Optional<Double> figure) {
    return ReportView.number(figure, decimals(component));
  }

  private String signed(String component, double figure) {
    return ReportView.signed(Optional.of(figure), decimals(component));
  }
}
