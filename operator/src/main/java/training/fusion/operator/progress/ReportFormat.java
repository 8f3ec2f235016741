package training.fusion.operator.progress;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import training.fusion.api.run.Metrics;
import training.fusion.api.run.ProgressReport;
import training.fusion.api.run.RunConfiguration;

/** Reads a report and refuses one that can't be true, naming the field. */
final class ReportFormat {
  private static final long LONGEST_RUN_SECONDS = 10L * 365 * 86_400;
  private static final int LONGEST_PATH = 1024;

  private static final ObjectReader READER =
      JsonMapper.builder()
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES) // a newer trainer says more
          .build()
          .readerFor(ProgressReport.class);

  private ReportFormat() {}

  /** A report that is not one. */
  static final class Malformed extends Exception {
    private static final long serialVersionUID = 1;

    Malformed(String message) {
      super(message);
    }
  }

  static ProgressReport read(byte[] body) throws Malformed {
    ProgressReport report = parse(body);
    require(
        report.contractVersion() >= 1
            && report.contractVersion() <= RunConfiguration.CONTRACT_VERSION,
        "contractVersion",
        "1 to " + RunConfiguration.CONTRACT_VERSION);
    require(report.sequence() >= 1, "sequence", "at least 1");
    require(report.epochs() >= 1, "epochs", "at least 1");
    require(report.epoch() >= 0 && report.epoch() <= report.epochs(), "epoch", "0 to epochs");
    require(report.steps() >= 1, "steps", "at least 1");
    require(report.step() >= 0 && report.step() <= report.steps(), "step", "0 to steps");
    number(report.imagesPerSecond(), Double.MAX_VALUE, "imagesPerSecond");
    Long remaining = report.remainingSeconds();
    require(
        remaining == null || (remaining >= 0 && remaining <= LONGEST_RUN_SECONDS),
        "remainingSeconds",
        "0 to " + LONGEST_RUN_SECONDS);
    metrics(report.metrics(), "metrics");
    metrics(report.best(), "best");
    require(
        report.checkpoint() == null
            || (report.checkpoint().path() != null
                && report.checkpoint().path().length() <= LONGEST_PATH),
        "checkpoint.path",
        "a path of at most " + LONGEST_PATH + " characters");
    return report;
  }

  private static ProgressReport parse(byte[] body) throws Malformed {
    try {
      ProgressReport report = READER.readValue(body);
      if (report == null) {
        throw new Malformed("the body is null; it has to be a report");
      }
      return report;
    } catch (JsonParseException e) {
      throw new Malformed("the body is not JSON");
    } catch (JsonMappingException e) {
      String field =
          e.getPath().stream().map(step -> step.getFieldName()).collect(Collectors.joining("."));
      throw new Malformed((field.isEmpty() ? "the report" : field) + ": " + said(e));
    } catch (IOException e) {
      throw new Malformed("the body could not be read");
    }
  }

  private static String said(JsonMappingException e) {
    if (e.getCause() instanceof JsonParseException) {
      return "not JSON"; // the parser would explain its own settings
    }
    String first = e.getOriginalMessage().lines().findFirst().orElse("");
    return first.substring(0, Math.min(first.length(), 200));
  }

  private static void metrics(@Nullable Metrics metrics, String path) throws Malformed {
    if (metrics == null) {
      return;
    }
    require(metrics.split() != null, path + ".split", "Validation or Test");
    number(metrics.accuracy(), 1, path + ".accuracy");
    number(metrics.loss(), Double.MAX_VALUE, path + ".loss");
    number(metrics.f1(), 1, path + ".f1");
    number(metrics.weightedF1(), 1, path + ".weightedF1");
  }

  private static void number(@Nullable Double value, double largest, String field)
      throws Malformed {
    require(
        value == null || (value >= 0 && value <= largest), // false for NaN
        field,
        largest == Double.MAX_VALUE ? "a finite number, 0 or more" : "0 to " + (int) largest);
  }

  private static void require(boolean holds, String field, String range) throws Malformed {
    if (!holds) {
      throw new Malformed(field + ": has to be " + range);
    }
  }
}
