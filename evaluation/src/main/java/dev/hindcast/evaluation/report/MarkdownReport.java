package dev.hindcast.evaluation.report;

import dev.hindcast.core.report.Estimate;
import dev.hindcast.core.report.EvaluationReport;
import dev.hindcast.core.report.EvaluationReport.PolicyResult;
import dev.hindcast.core.report.EvaluationReport.Remark;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The report in short, for pull requests and tickets: verdicts, estimates and reasons in GitHub's
 * Markdown. Names from the data are code, everything else is text: nothing in them is formatted,
 * linked, mentioned or run.
 */
public final class MarkdownReport {
  private static final String MARKS = "\\`*_{}[]<>|~&$";

  private final EvaluationReport report;
  private final ReportView view;

  private MarkdownReport(EvaluationReport report) {
    this.report = report;
    this.view = new ReportView(report);
  }

  /** The text. */
  public static String text(EvaluationReport report) {
    return String.join("\n", new MarkdownReport(report).lines()) + "\n";
  }

  private List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add("# Off-policy evaluation of " + code(report.name()));
    lines.add("");
    lines.add(text(view.lead()));
    lines.add("");
    table(lines);
    lines.add("");
    lines.add("## Why");
    lines.add("");
    for (PolicyResult policy : view.judged()) {
      lines.add("- " + code(policy.name()) + ": **" + view.decision(policy) + ".**");
      reasons(policy).forEach(reason -> lines.add("  - " + text(reason.words())));
    }
    components(lines);
    spread(lines);
    segments(lines);
    List<Remark> cautions = new ArrayList<>(report.warnings());
    report.backTest().ifPresent(test -> cautions.addAll(test.remarks()));
    report.audit().ifPresent(audit -> cautions.addAll(audit.remarks()));
    if (!cautions.isEmpty()) {
      lines.add("");
      lines.add("## Mind this");
      lines.add("");
      cautions.forEach(caution -> lines.add("- " + text(caution.words())));
    }
    lines.add("");
    lines.add("## From what");
    lines.add("");
    from(lines);
    return lines;
  }

  private void components(List<String> lines) {
    ComponentsView components = view.components();
    if (!components.isShown()) {
      return;
    }
    lines.add("");
    lines.add("## What the reward is made of");
    lines.add("");
    List<String> names = components.names();
    row(lines, cells("Policy", names.stream().map(MarkdownReport::code)));
    row(lines, cells("---", names.stream().map(name -> "---:")));
    for (PolicyResult policy : report.policies()) {
      row(
          lines,
          cells(
              code(policy.name()),
              names.stream()
                  .map(
                      name ->
                          components.value(policy, name)
                              + " ("
                              + components.range(policy, name)
                              + ")")));
    }
  }

  private static String[] cells(String first, Stream<String> others) {
    return Stream.concat(Stream.of(first), others).toArray(String[]::new);
  }

  private void spread(List<String> lines) {
    ReturnsView returns = view.returns();
    if (returns.shown().isEmpty()) {
      return;
    }
    lines.add("");
    lines.add("## How returns spread");
    lines.add("");
    for (PolicyResult policy : returns.shown()) {
      lines.add("- " + code(policy.name()) + ": " + text(returns.words(policy)));
    }
  }

  private void segments(List<String> lines) {
    SegmentsView segments = view.segments();
    if (!segments.isShown()) {
      return;
    }
    lines.add("");
    lines.add("## Who gains and who loses");
    lines.add("");
    for (PolicyResult policy : segments.policies()) {
      String words = segments.words(policy).orElse("stands out in no segment.");
      lines.add("- " + code(policy.name()) + ": " + text(words));
    }
  }

  private void table(List<String> lines) {
    boolean known = view.hasKnownValues();
    row(
        lines,
        "Policy",
        "Verdict",
        "Estimate",
        view.percent(report.level()) + " interval",
        "Difference to " + code(report.incumbent()),
        "Effective sample size",
        known ? "Known value" : null);
    row(lines, "---", "---", "---:", "---", "---", "---:", known ? "---:" : null);
    for (PolicyResult policy : report.policies()) {
      boolean isIncumbent = policy.name().equals(report.incumbent());
      row(
          lines,
          code(policy.name()),
          isIncumbent ? "Incumbent" : "**" + view.decision(policy) + "**",
          view.value(policy),
          view.range(policy),
          view.difference(policy)
              + (policy.differenceToIncumbent().isPresent()
                  ? " (" + view.differenceRange(policy) + ")"
                  : ""),
          view.size(policy.primary().flatMap(Estimate::effectiveSampleSize)),
          known ? view.number(policy.knownValue()) : null);
    }
  }

  private List<Remark> reasons(PolicyResult policy) {
    List<Remark> reasons = new ArrayList<>(policy.verdict().reasons());
    reasons.addAll(view.otherWarnings(policy));
    return reasons;
  }

  private void from(List<String> lines) {
    lines.add(
        "- "
            + view.count(report.dataset().episodes())
            + " episodes with "
            + view.count(report.dataset().transitions())
            + " decisions of dataset "
            + code(report.dataset().name())
            + " ("
            + code(report.dataset().fingerprint().brief())
            + "), "
            + view.part()
            + "; discount "
            + view.plain(report.discount())
            + ".");
    lines.add(
        "- The raw log had "
            + view.count(report.rows().read())
            + " rows, of which "
            + view.count(report.rows().kept())
            + " were kept.");
    report
        .rows()
        .quarantined()
        .forEach(
            (rule, rows) -> lines.add("  - " + view.count(rows) + " broke the rule " + code(rule)));
    lines.add(
        "- Made by Hindcast "
            + code(report.provenance().code().version())
            + ", commit "
            + code(report.provenance().code().commit())
            + "; again by "
            + code(view.command())
            + ", with the settings in `report.html`.");
  }

  private static void row(List<String> lines, String... cells) {
    StringBuilder row = new StringBuilder("|");
    for (String cell : cells) {
      if (cell != null) {
        row.append(' ').append(cell).append(" |");
      }
    }
    lines.add(row.toString());
  }

  /** As code, whatever it holds: the fence is longer than any run of backticks in it. */
  static String code(String name) {
    String line = oneLine(name).replace("|", "\\|");
    int longest = 0;
    int run = 0;
    for (int i = 0; i < line.length(); i++) {
      run = line.charAt(i) == '`' ? run + 1 : 0;
      longest = Math.max(longest, run);
    }
    String fence = "`".repeat(longest + 1);
    String space = longest > 0 || line.isBlank() ? " " : "";
    return fence + space + line + space + fence;
  }

  /** As text: marks are escaped, and what would become a mention or a link is broken up. */
  static String text(String words) {
    StringBuilder escaped = new StringBuilder();
    oneLine(words)
        .chars()
        .forEach(
            c -> {
              if (MARKS.indexOf(c) >= 0) {
                escaped.append('\\');
              }
              escaped.append((char) c);
            });
    return escaped
        .toString()
        .replaceFirst("^[-+#0-9]", "\u2060$0") // would begin a heading or a list
        .replace("@", "@\u2060")
        .replace("://", ":\u2060//")
        .replace("www.", "www\u2060.");
  }

  private static String oneLine(String words) {
    return words.replaceAll("[\\p{Cntrl}\u2028\u2029]+", " ");
  }
}
