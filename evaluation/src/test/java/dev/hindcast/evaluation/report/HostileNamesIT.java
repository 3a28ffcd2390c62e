package dev.hindcast.evaluation.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.hindcast.core.report.EvaluationReport;
import dev.hindcast.core.world.ChainMdp;
import dev.hindcast.core.world.TabularMdp;
import dev.hindcast.core.world.TabularPolicy;
import dev.hindcast.evaluation.Fixture;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A hundred hostile names become nothing but text in what a browser makes of the page. */
class HostileNamesIT {
  private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
  private static final Pattern ELEMENT =
      Pattern.compile("<([a-z][a-z0-9-]*)((?:\"[^\"]*\"|[^\">])*)>");

  @TempDir private Path folder;

  private static EvaluationReport report(Path folder) {
    TabularMdp world = ChainMdp.slippery(2, 0.1);
    Fixture fixture =
        Fixture.of(folder, world, world.log(TabularPolicy.uniform(world), 300, 100, 1));
    return fixture.evaluate(
        """
        name: chain
        discount: 0.9
        evaluate: {policies: [logged, {constant: 1}], replicates: 100, segments: [state]}
        """,
        List.of(fixture.policy("bundle", world.optimal(0.9))));
  }

  /** One policy for each name, which also stands wherever else a name can. */
  private static EvaluationReport named(EvaluationReport calm, List<String> names) {
    EvaluationReport last = HostileNames.everywhere(calm, names.get(names.size() - 1));
    List<EvaluationReport.PolicyResult> policies = new ArrayList<>();
    names.forEach(
        name ->
            policies.add(
                HostileNames.everywhere(calm, name).policies().get(calm.policies().size() - 1)));
    return new EvaluationReport(
        last.specVersion(),
        last.kind(),
        last.name(),
        last.dataset(),
        last.behavior(),
        last.audit(),
        last.rows(),
        last.discount(),
        last.level(),
        last.replicates(),
        last.incumbent(),
        policies,
        names.stream()
            .flatMap(name -> HostileNames.everywhere(calm, name).segments().stream())
            .toList(),
        names.stream()
            .flatMap(name -> HostileNames.everywhere(calm, name).pooled().stream())
            .toList(),
        last.learningCurves(),
        last.selection(),
        last.comparison(),
        last.againstTruth(),
        last.backTest(),
        last.warnings(),
        last.provenance());
  }

  /** The page as it is after all scripts have run. */
  private String rendered(EvaluationReport report, String name) throws Exception {
    Path page = folder.resolve(name + ".html");
    Files.writeString(page, HtmlReport.page(report));
    Process browser =
        new ProcessBuilder(
                CHROMIUM.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--virtual-time-budget=10000",
                "--user-data-dir=" + folder.resolve("profile"),
                "--dump-dom",
                page.toUri().toString())
            .redirectError(folder.resolve(name + ".log").toFile())
            .start();
    String dom = new String(browser.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(browser.waitFor()).isZero();
    assertThat(dom).contains("</html>", "<svg");
    return dom;
  }

  /** How many elements there are of each name, and attributes that run scripts. */
  private static Map<String, Integer> elements(String dom) {
    Map<String, Integer> counts = new TreeMap<>();
    String markup =
        Pattern.compile("<(script|style)\\b.*?</\\1>", Pattern.DOTALL)
            .matcher(dom)
            .replaceAll("<$1></$1>");
    Matcher elements = ELEMENT.matcher(markup);
    while (elements.find()) {
      counts.merge(elements.group(1), 1, Integer::sum);
      if (Pattern.compile("\\son[a-z]+=")
          .matcher(elements.group(2).replaceAll("\"[^\"]*\"", ""))
          .find()) {
        counts.merge("runs scripts", 1, Integer::sum);
      }
    }
    return counts;
  }

  @Test
  void namesBecomeTextAndNothingElse() throws Exception {
    assumeTrue(Files.isExecutable(CHROMIUM), "Skipped: there is no /usr/bin/chromium.");
    EvaluationReport calm = report(folder);
    List<String> hostile = HostileNames.all();
    List<String> harmless = IntStream.range(0, hostile.size()).mapToObj(i -> "name-" + i).toList();
    assertThat(hostile).hasSize(100).doesNotHaveDuplicates();
    String dom = rendered(named(calm, hostile), "hostile");
    assertThat(dom.substring(0, dom.indexOf("<head"))).doesNotContain(HostileNames.MARK);
    Map<String, Integer> expected = elements(rendered(named(calm, harmless), "calm"));
    assertThat(elements(dom)).isEqualTo(expected);
    assertThat(Files.readString(folder.resolve("hostile.log")))
        .as("the browser had nothing to refuse")
        .doesNotContain("Content Security Policy");
  }

  @Test
  void thisTestSeesWhatIsInjected() throws IOException {
    String page = HtmlReport.page(report(folder));
    String injected = page.replace("<h1>", HostileNames.all().get(1) + "<h1>");
    assertThat(elements(injected)).isNotEqualTo(elements(page)).containsEntry("runs scripts", 1);
  }
}
