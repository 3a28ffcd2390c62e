package dev.hindcast.evaluation.report;

import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.core.artefact.RowAccount;
import dev.hindcast.core.report.EvaluationReport;
import dev.hindcast.core.report.EvaluationReport.ActionShare;
import dev.hindcast.core.report.EvaluationReport.Audit;
import dev.hindcast.core.report.EvaluationReport.Calibration;
import dev.hindcast.core.report.EvaluationReport.CalibrationBin;
import dev.hindcast.core.report.EvaluationReport.Diagnostics;
import dev.hindcast.core.report.EvaluationReport.GroupWeights;
import dev.hindcast.core.report.EvaluationReport.Maker;
import dev.hindcast.core.report.EvaluationReport.PolicyResult;
import dev.hindcast.core.report.Pooled;
import dev.hindcast.core.report.Segment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Names that try to become part of the page: ways out of where they stand, times what they would do
 * there.
 */
final class HostileNames {
  /** What a name that runs leaves behind. */
  static final String MARK = "data-taken-over";

  private static final String RUN = "document.documentElement.setAttribute('" + MARK + "',1)";

  private static final List<String> WAYS_OUT =
      List.of(
          "",
          "\">",
          "'>",
          "</script>",
          "</style>",
          "</title>",
          "-->",
          "]]>",
          "</td></tr></table>",
          "\\u003c/script\\u003e\u2028");

  private static final List<String> PAYLOADS =
      List.of(
          "<script>" + RUN + "</script>",
          "<img src=x onerror=" + RUN + ">",
          "<svg onload=" + RUN + "></svg>",
          "<iframe srcdoc=\"<script>parent." + RUN + "</script>\"></iframe>",
          "<details open ontoggle=" + RUN + "></details>",
          "\" onmouseover=\"" + RUN + "\" autofocus onfocus=\"" + RUN,
          "<base href=https://example.org/><link rel=stylesheet href=x.css>",
          "<style>*{display:none}</style><form action=x><button>y</button></form>",
          "<a href=javascript:" + RUN + ">{a|b}</a>",
          "${" + RUN + "}{{" + RUN + "}}");

  private HostileNames() {}

  /** A hundred of them. */
  static List<String> all() {
    return WAYS_OUT.stream()
        .flatMap(out -> PAYLOADS.stream().map(payload -> out + payload))
        .toList();
  }

  private static Diagnostics grouped(Diagnostics d, String name) {
    return new Diagnostics(
        d.effectiveSampleSize(),
        d.maxWeightShare(),
        d.maxWeight(),
        d.meanWeight(),
        d.meanWeightZ(),
        d.paretoShape(),
        d.unsupportedMass(),
        d.strata(),
        d.strataCount(),
        d.massOutsideMask(),
        d.weightHistogram(),
        d.effectiveSampleSizeByStep(),
        List.of(
            new GroupWeights(
                name,
                2,
                d.effectiveSampleSize(),
                d.maxWeightShare(),
                d.maxWeight(),
                d.meanWeight(),
                d.meanWeightZ(),
                d.unsupportedMass())));
  }

  private static Audit made(Audit audit, Fingerprint fingerprint, String name) {
    return new Audit(
        audit.estimatedPropensities(),
        audit.actions(),
        Optional.of(
            new Calibration(
                List.of(new Maker(name, fingerprint, Optional.of(name))),
                10,
                Optional.of(0L),
                Optional.of(0.0),
                Optional.of(0.1),
                List.of(new ActionShare(0, 3.5, 4, Optional.of(0.3))),
                List.of(new CalibrationBin(0.1, 0.3, 10, 0.2, 0.3)))),
        audit.remarks());
  }

  /** The report with a hostile name everywhere a name can stand. */
  static EvaluationReport everywhere(EvaluationReport report, String name) {
    List<PolicyResult> policies = new ArrayList<>();
    for (PolicyResult p : report.policies()) {
      policies.add(
          new PolicyResult(
              p.name() + name,
              p.kind(),
              p.fingerprint(),
              List.of(new EvaluationReport.Source(name, p.fingerprint())),
              List.of(new EvaluationReport.Source(name, p.fingerprint())),
              p.estimates(),
              p.diagnostics().map(d -> grouped(d, name)),
              p.differenceToIncumbent(),
              p.knownValue(),
              p.returns(),
              p.components().stream()
                  .map(
                      c ->
                          new EvaluationReport.ComponentValue(
                              c.component() + name, c.estimate(), c.differenceToIncumbent()))
                  .toList(),
              List.of(new EvaluationReport.Remark("x", name)),
              p.verdict()));
    }
    List<EvaluationReport.LearningCurve> curves =
        report.learningCurves().stream()
            .map(
                c ->
                    new EvaluationReport.LearningCurve(
                        name, name, c.updates(), Map.of(name, List.of(1.0, 2.0))))
            .toList();
    List<Segment> segments =
        report.segments().stream()
            .map(
                s ->
                    new Segment(
                        s.column() + name,
                        s.name() + name,
                        s.kind(),
                        s.episodes(),
                        s.policies().stream()
                            .map(
                                v ->
                                    new Segment.PolicyValue(
                                        v.policy() + name,
                                        v.effectiveSampleSize(),
                                        v.value(),
                                        v.difference(),
                                        v.absentBecause()))
                            .toList()))
            .toList();
    return new EvaluationReport(
        report.specVersion(),
        report.kind(),
        name,
        report.dataset(),
        report.behavior(),
        report.audit().map(audit -> made(audit, report.policies().get(0).fingerprint(), name)),
        new RowAccount(report.rows().read() + 1, report.rows().kept(), Map.of(name, 1L)),
        report.discount(),
        report.level(),
        report.replicates(),
        report.incumbent() + name,
        policies,
        segments,
        report.segments().stream()
            .map(s -> new Pooled(s.column() + name, name, 2, 1, 0.1, 0.8, 1.2, 0.5))
            .toList(),
        curves,
        report.selection(),
        report.comparison(),
        report.againstTruth(),
        report.backTest(),
        List.of(new EvaluationReport.Remark("x", name)),
        report.provenance());
  }
}
