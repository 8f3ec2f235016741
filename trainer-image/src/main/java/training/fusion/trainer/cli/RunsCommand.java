package training.fusion.trainer.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import training.fusion.trainer.runs.RunFinder;
import training.fusion.trainer.runs.RunSummary;

/** Lists runs. */
@Command(
    name = "runs",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    description = {
      "Lists the runs on this machine, the newest first.",
      "Figures are the model's on the test images; before there is a model, the newest"
          + " evaluation's."
    })
final class RunsCommand implements Runnable {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** How they are printed. */
  enum Format {
    text,
    json
  }

  @Option(
      names = "--output",
      paramLabel = "FOLDER",
      description = "The folder with the runs (default: output).")
  private @Nullable Path output;

  @Option(
      names = {"-o", "--format"},
      defaultValue = "text",
      description = "One of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Format format = Format.text;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    Path folder = output == null ? Folders.names() : output;
    List<RunSummary> runs = new RunFinder(folder).all();
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    if (format == Format.json) {
      out.println(json(runs));
    } else if (runs.isEmpty()) {
      out.printf("there are no runs in %s%n", folder);
    } else {
      new RunTable(ZoneId.systemDefault(), Path.of("")).lines(runs).forEach(out::println);
    }
    out.flush();
  }

  static String json(List<RunSummary> runs) {
    var list = JSON.createArrayNode();
    for (RunSummary run : runs) {
      ObjectNode object = JSON.createObjectNode();
      object.put("name", run.name());
      object.put("runKey", run.runKey());
      object.put("state", run.state().name());
      object.put("architecture", run.architecture());
      object.put("optimization", run.optimization());
      object.put("epochs", run.epochs());
      object.put("ofEpochs", run.ofEpochs());
      if (run.figures() != null) {
        JsonNode figures = JSON.valueToTree(run.figures());
        object.set("figures", figures);
      }
      object.put("began", run.began() == null ? null : run.began().toString());
      object.put("message", run.message());
      object.put("folder", run.folder().toAbsolutePath().normalize().toString());
      object.properties().removeIf(field -> field.getValue().isNull());
      list.add(object);
    }
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(list);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
