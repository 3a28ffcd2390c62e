package dev.hindcast.evaluation.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.report.EvaluationReport;
import dev.hindcast.core.world.ChainMdp;
import dev.hindcast.core.world.TabularMdp;
import dev.hindcast.core.world.TabularPolicy;
import dev.hindcast.evaluation.Fixture;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HtmlReportTest {
  @TempDir Path folder;
  private EvaluationReport report;

  @BeforeEach
  void evaluate() {
    TabularMdp world = ChainMdp.slippery(3, 0.1);
    Fixture fixture =
        Fixture.of(folder, world, world.log(TabularPolicy.uniform(world), 200, 1000, 1));
    report =
        fixture.evaluate(
            """
            name: chain
            discount: 0.9
            evaluate: {policies: [logged, uniform, {constant: 1}], known-values: {uniform: 0.5}, segments: [state]}
            """,
            List.of(fixture.policy("bundle", world.optimal(0.9))));
  }

  @Test
  void everyScriptThatRunsIsInThePolicyByItsHash() throws Exception {
    String page = HtmlReport.page(report);
    Matcher scripts = Pattern.compile("<script>(.*?)</script>", Pattern.DOTALL).matcher(page);
    int found = 0;
    while (scripts.find()) {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(scripts.group(1).getBytes(StandardCharsets.UTF_8));
      String head = page.substring(0, page.indexOf("<style>"));
      assertThat(head).contains("sha256-" + Base64.getEncoder().encodeToString(digest));
      found++;
    }
    assertThat(found).isEqualTo(2);
    assertThat(page).contains("default-src &#39;none&#39;").doesNotContain("unsafe-eval");
  }

  @Test
  void nothingIsFetched() {
    String page = HtmlReport.page(report);
    String markup =
        Pattern.compile("<script.*?</script>", Pattern.DOTALL).matcher(page).replaceAll("");
    assertThat(markup)
        .doesNotContain("<link", "<img", "<iframe", " src=", "@import", "url(", "http:", "https:");
  }

  @Test
  void dataInThePageIsTheReport() {
    String page = HtmlReport.page(report);
    Matcher data =
        Pattern.compile("<script id=\"report-data\" type=\"application/json\">(.*?)</script>")
            .matcher(page);
    assertThat(data.find()).isTrue();
    JsonNode tree = CanonicalJson.tree(data.group(1).getBytes(StandardCharsets.UTF_8));
    assertThat(tree).isEqualTo(CanonicalJson.tree(CanonicalJson.bytes(report)));
  }

  @Test
  void figuresStandInTablesToo() {
    String page = HtmlReport.page(report);
    assertThat(page)
        .contains("Side by side", "Where every row went", "How to read this", "Not evaluable")
        .contains(">SNPDIS<", "0.500"); // the known value
    assertThat(HtmlReport.page(report)).isEqualTo(page);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "</script><script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "\"><svg onload=alert(1)>",
        "' onmouseover='alert(1)",
        "<!--<script>",
        "{{constructor.constructor('alert(1)')()}}",
        "${7*7}",
        "\u2028alert(1)//",
        "]]><script>alert(1)</script>"
      })
  void hostileNamesAreShownAsText(String name) {
    String calm = HtmlReport.page(report);
    String page = HtmlReport.page(HostileNames.everywhere(report, name));
    assertThat(count(page, "<script")).isEqualTo(count(calm, "<script"));
    assertThat(count(page, "</script")).isEqualTo(count(calm, "</script"));
    assertThat(count(page, "<img")).isEqualTo(count(calm, "<img"));
    assertThat(count(page, "<svg")).isEqualTo(count(calm, "<svg"));
    assertThat(count(page, "<!--")).isEqualTo(count(calm, "<!--"));
    String bare = markup(page).replaceAll("\"[^\"]*\"", "\"\""); // values of attributes are text
    assertThat(Pattern.compile("<[a-z][^>]*\\son[a-z]+=").matcher(bare).find()).isFalse();
  }

  private static String markup(String page) {
    return Pattern.compile("<script.*?</script>", Pattern.DOTALL).matcher(page).replaceAll("");
  }

  private static int count(String page, String part) {
    return page.split(Pattern.quote(part), -1).length;
  }
}
