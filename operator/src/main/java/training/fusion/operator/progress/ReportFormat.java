package training.fusion.operator.progress;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.stream.Collectors;
import training.fusion.api.run.ProgressReport;
import training.fusion.api.run.RunConfiguration;
import training.fusion.operator.bounds.Shortened;
import training.fusion.operator.bounds.StatusSchema;

/** Reads a report and refuses one that can't be true, naming the field. */
final class ReportFormat {
  private static final long LONGEST_RUN_SECONDS = 10L * 365 * 86_400;

  /** Most of it is copied into the status: what a status takes, and no more. */
  private static final StatusSchema PROGRESS = StatusSchema.TRAINING.at("progress");

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES) // a newer trainer says more
          .enable(DeserializationFeature.READ_UNKNOWN_ENUM_VALUES_AS_NULL) // and knows more phases
          .build();

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
    require(report.epoch() <= report.epochs(), "epoch", "0 to epochs");
    require(report.steps() >= 1, "steps", "at least 1");
    require(report.step() <= report.steps(), "step", "0 to steps");
    Long remaining = report.remainingSeconds();
    require(
        remaining == null || (remaining >= 0 && remaining <= LONGEST_RUN_SECONDS),
        "remainingSeconds",
        "0 to " + LONGEST_RUN_SECONDS);
    return report;
  }

  private static ProgressReport parse(byte[] body) throws Malformed {
    try {
      JsonNode report = JSON.readTree(body);
      if (!report.isObject()) {
        throw new Malformed("the body has to be a report, a JSON object");
      }
      for (StatusSchema.Misfit misfit : PROGRESS.misfits(report)) {
        throw new Malformed(misfit.field() + ": has to be " + misfit.right());
      }
      return JSON.treeToValue(report, ProgressReport.class);
    } catch (JsonMappingException e) {
      String field =
          e.getPath().stream().map(step -> step.getFieldName()).collect(Collectors.joining("."));
      throw new Malformed(field + ": " + said(e));
    } catch (JsonProcessingException e) {
      throw new Malformed("the body is not JSON");
    } catch (IOException e) {
      throw new Malformed("the body could not be read");
    }
  }

  private static String said(JsonMappingException e) {
    String first = e.getOriginalMessage().lines().findFirst().orElse("");
    return first.contains("`null`") // Jackson would explain its own settings
        ? "has to be there"
        : Shortened.toCharacters(first, 200);
  }

  private static void require(boolean holds, String field, String range) throws Malformed {
    if (!holds) {
      throw new Malformed(field + ": has to be " + range);
    }
  }
}
