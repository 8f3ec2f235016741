package training.fusion.page;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;

/**
 * An HTML page that needs nothing but a browser: a template of jte, compiled by the build, with
 * style and program in it. They are uPlot's, those of all pages ({@code page.css}, {@code
 * page.js}), and the page's own.
 */
public final class Page {
  private Page() {}

  /**
   * Fills in a template.
   *
   * @param owner class beside whose package {@code .template} has the compiled template, and beside
   *     which {@code <name>.css} and {@code <name>.js} lie
   * @param name of the template, without its ending
   * @param content the template's parameter {@code page}
   */
  public static String html(Class<?> owner, String name, Object content) {
    return html(owner, name, name, content);
  }

  /**
   * Fills in a template, with the style and program of another page.
   *
   * @param look name of that page
   */
  public static String html(Class<?> owner, String name, String look, Object content) {
    // jte takes the thread's loader whatever it is given (findings/jte-class-loader.sh), and the
    // threads of signals have none
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(owner.getClassLoader());
    try {
      return rendered(owner, name, look, content);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private static String rendered(Class<?> owner, String name, String look, Object content) {
    var engine =
        TemplateEngine.createPrecompiled(
            null, ContentType.Html, owner.getClassLoader(), owner.getPackageName() + ".template");
    var output = new StringOutput();
    engine.render(
        name + ".jte",
        Map.of(
            "page",
            content,
            "style",
            text(Page.class, "uplot/uPlot.min.css")
                + text(Page.class, "page.css")
                + text(owner, look + ".css"),
            "program",
            text(Page.class, "uplot/uPlot.iife.min.js")
                + text(Page.class, "page.js")
                + text(owner, look + ".js")),
        output);
    return output.toString();
  }

  private static String text(Class<?> beside, String resource) {
    try (InputStream stream = beside.getResourceAsStream(resource)) {
      return new String(
          Objects.requireNonNull(stream, resource).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
