package training.fusion.trainer.report.page;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.checkpoint.Durable;
import training.fusion.trainer.report.Software;

/**
 * {@code report.html}: a run on one page that needs nothing but a browser, made from what lies in
 * the run's folder, so at any time and for any run.
 */
public final class Report {
  public static final String FILE = "report.html";

  private static final String UPLOT = "/META-INF/resources/webjars/uplot/%s/dist/%s";

  private Report() {}

  /**
   * Writes the page into the run's folder, as one step.
   *
   * @throws TrainingFailure if a file that it is made from is missing, or it cannot be written
   */
  public static void write(Path runFolder) {
    String html = html(ReportPage.of(RunRecord.read(runFolder)));
    Path file = runFolder.resolve(FILE);
    try {
      Durable.write(file, html);
    } catch (IOException e) {
      throw Durable.failure(file, e);
    }
  }

  private static String html(ReportPage page) {
    var engine =
        TemplateEngine.createPrecompiled(
            null,
            ContentType.Html,
            Report.class.getClassLoader(),
            "training.fusion.trainer.report.page.template");
    var output = new StringOutput();
    String version = Software.versions().getProperty("uplot");
    engine.render(
        "report.jte",
        Map.of(
            "page", page,
            "style", text(UPLOT.formatted(version, "uPlot.min.css")) + text("report.css"),
            "program", text(UPLOT.formatted(version, "uPlot.iife.min.js")) + text("report.js")),
        output);
    return output.toString();
  }

  private static String text(String resource) {
    try (InputStream stream = Report.class.getResourceAsStream(resource)) {
      return new String(
          Objects.requireNonNull(stream, resource).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
