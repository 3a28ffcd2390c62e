package dev.hindcast.evaluation.report;

import dev.hindcast.evaluation.running.EstimateLine;
import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import java.util.List;

/**
 * Estimates of a stream as one page that needs nothing else and loads itself anew from where it
 * lies. What holds for {@link HtmlReport} holds here.
 */
public final class RunningPage {
  private static final String TEMPLATES = "dev.hindcast.evaluation.report.template";

  private RunningPage() {}

  /**
   * The page.
   *
   * @param name what people call the pipeline
   * @param lines in the order of time, at least one
   * @param refreshSeconds after how long a browser is to look again
   */
  public static String page(String name, List<EstimateLine> lines, long refreshSeconds) {
    TemplateEngine engine =
        TemplateEngine.createPrecompiled(
            null, ContentType.Html, RunningPage.class.getClassLoader(), TEMPLATES);
    StringOutput output = new StringOutput(1 << 21);
    engine.render("running.jte", new RunningView(name, lines, refreshSeconds), output);
    return output.toString();
  }
}
