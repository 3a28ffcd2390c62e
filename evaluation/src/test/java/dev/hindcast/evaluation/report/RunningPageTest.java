package dev.hindcast.evaluation.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.evaluation.running.Alarm;
import dev.hindcast.evaluation.running.EstimateLine;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunningPageTest {
  private static EstimateLine.Figures figures(double estimate) {
    return new EstimateLine.Figures(
        100,
        Optional.of(estimate),
        Optional.of(0.01),
        Optional.of(estimate - 0.1),
        Optional.of(estimate + 0.1),
        Optional.of(40.0),
        Optional.of(1.0),
        3);
  }

  private static List<EstimateLine> lines(String name) {
    List<EstimateLine> lines = new ArrayList<>();
    for (int w = 0; w < 3; w++) {
      String from = "2026-11-22T10:0" + w + ":00Z";
      String to = "2026-11-22T10:0" + (w + 1) + ":00Z";
      Alarm alarm =
          new Alarm(to, "overtaken", "new" + name, "raised", "Mind " + name, Optional.of(0.1), 0);
      lines.add(
          new EstimateLine(
              from,
              to,
              "old" + name,
              "champion",
              "on-policy",
              figures(0.3),
              figures(0.31),
              "2026-11-22T10:00:00Z",
              "asymptotic",
              Optional.empty(),
              Optional.of("above-gate"),
              List.of(),
              List.of(),
              0));
      lines.add(
          new EstimateLine(
              from,
              to,
              "new" + name,
              "challenger",
              "on-policy",
              figures(0.5),
              figures(0.51),
              "2026-11-22T10:00:00Z",
              "asymptotic",
              Optional.of(
                  new EstimateLine.Difference(
                      Optional.of(0.2), Optional.of(0.1), Optional.of(0.3))),
              Optional.of("better"),
              List.of("overtaken"),
              w == 1 ? List.of(alarm) : List.of(),
              0));
    }
    return lines;
  }

  @Test
  void pageNeedsNothingElseAndLooksAgain() throws Exception {
    String page = RunningPage.page("shop", lines(""), 30);
    assertThat(page).contains("http-equiv=\"refresh\" content=\"30\"").contains("default-src");
    assertThat(markup(page))
        .doesNotContain("<link", "<img", "<iframe", " src=", "@import", "url(", "http:", "https:");
    Matcher scripts = Pattern.compile("<script>(.*?)</script>", Pattern.DOTALL).matcher(page);
    String head = page.substring(0, page.indexOf("<style>"));
    int found = 0;
    while (scripts.find()) {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(scripts.group(1).getBytes(StandardCharsets.UTF_8));
      assertThat(head).contains("sha256-" + Base64.getEncoder().encodeToString(digest));
      found++;
    }
    assertThat(found).isEqualTo(2);
  }

  @Test
  void figuresStandInTables() {
    String page = RunningPage.page("shop", lines(""), 30);
    assertThat(page)
        .contains("One alarm is raised.")
        .contains("0.5100", "0.4100 to 0.6100", "0.2000 (0.1000 to 0.3000)", "Above its gate");
  }

  @Test
  void dataInThePageIsTheLines() {
    String page = RunningPage.page("shop", lines("<b>"), 30);
    Matcher data =
        Pattern.compile("<script id=\"running-data\" type=\"application/json\">(.*?)</script>")
            .matcher(page);
    assertThat(data.find()).isTrue();
    assertThat(CanonicalJson.tree(data.group(1).getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(CanonicalJson.tree(CanonicalJson.bytes(lines("<b>"))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "</script><script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "\"><svg onload=alert(1)>",
        "' onmouseover='alert(1)",
        "<!--<script>",
        "\u2028alert(1)//"
      })
  void hostileNamesAreShownAsText(String name) {
    String calm = RunningPage.page("shop", lines(""), 30);
    String page = RunningPage.page("shop" + name, lines(name), 30);
    for (String part : List.of("<script", "</script", "<img", "<svg", "<!--")) {
      assertThat(count(page, part)).as(part).isEqualTo(count(calm, part));
    }
    String bare = markup(page).replaceAll("\"[^\"]*\"", "\"\"");
    assertThat(Pattern.compile("<[a-z][^>]*\\son[a-z]+=").matcher(bare).find()).isFalse();
  }

  private static String markup(String page) {
    return Pattern.compile("<script.*?</script>", Pattern.DOTALL).matcher(page).replaceAll("");
  }

  private static int count(String page, String part) {
    return page.split(Pattern.quote(part), -1).length;
  }
}
