package dev.hindcast.evaluation.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hindcast.core.report.EvaluationReport;
import dev.hindcast.core.world.ChainMdp;
import dev.hindcast.core.world.TabularMdp;
import dev.hindcast.core.world.TabularPolicy;
import dev.hindcast.evaluation.Fixture;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MarkdownReportTest {
  @TempDir private Path folder;

  @Test
  void saysWhatThePageSays() {
    TabularMdp world = ChainMdp.slippery(3, 0.1);
    Fixture fixture =
        Fixture.of(folder, world, world.log(TabularPolicy.uniform(world), 200, 1000, 1));
    EvaluationReport report =
        fixture.evaluate(
            """
            name: chain
            discount: 0.9
            evaluate: {policies: [logged, uniform, {constant: 1}], known-values: {uniform: 0.5}}
            """,
            List.of(fixture.policy("bundle", world.optimal(0.9))));
    ReportView view = new ReportView(report);
    String text = MarkdownReport.text(report);
    assertThat(text)
        .startsWith("# Off-policy evaluation of `chain`\n\n")
        .contains(
            "Difference to `logged`",
            "| Known value |",
            "| `logged` | Incumbent |",
            "| 0.000 (0.000 to 0.000) |")
        .contains("- 200 episodes with ", "The raw log had", "nothing sets them apart")
        .contains("--dataset DATASET --bundle bundle --output REPORT");
    report
        .policies()
        .forEach(
            policy ->
                assertThat(text)
                    .contains(
                        "| `" + policy.name() + "` |", view.value(policy), view.range(policy)));
    view.judged()
        .forEach(
            policy ->
                assertThat(text)
                    .contains("- `" + policy.name() + "`: **" + view.decision(policy) + ".**"));
    assertThat(
            text.lines().filter(line -> line.startsWith("|")).map(line -> line.split("\\|").length))
        .as("every row has all columns")
        .hasSize(2 + report.policies().size())
        .allMatch(cells -> cells == 8);
  }

  @Test
  void namesFormatNothing() {
    assertThat(MarkdownReport.code("a|b")).isEqualTo("`a\\|b`");
    assertThat(MarkdownReport.code("a`b``c")).isEqualTo("``` a`b``c ```");
    assertThat(MarkdownReport.code("two\nlines")).isEqualTo("`two lines`");
    assertThat(MarkdownReport.text("<b>bold</b> [x](y) *z* @me https://x"))
        .isEqualTo("\\<b\\>bold\\</b\\> \\[x\\](y) \\*z\\* @\u2060me https:\u2060//x");
    assertThat(MarkdownReport.text("# 1. it is +0.2")).isEqualTo("\u2060# 1. it is +0.2");
  }
}
