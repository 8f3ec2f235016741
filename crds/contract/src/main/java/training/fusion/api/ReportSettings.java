package training.fusion.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import org.jspecify.annotations.Nullable;

/** What a run's report may show. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ReportSettings(
    @JsonPropertyDescription(
            "Shows the worst mistakes as small pictures. false: report.html, evaluation.json and"
                + " what is sent anywhere have their names alone.")
        @Default("true")
        @Nullable Boolean pictures) {

  /**
   * Whether a run so configured may show pictures of its data set.
   *
   * @param report what the run says of its report; absent: nothing
   */
  public static boolean showsPictures(@Nullable ReportSettings report) {
    return report == null || !Boolean.FALSE.equals(report.pictures);
  }
}
