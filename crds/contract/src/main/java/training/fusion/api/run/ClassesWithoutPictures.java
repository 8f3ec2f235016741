package training.fusion.api.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Classes of which a part of the data set has no picture. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ClassesWithoutPictures(
    @JsonPropertyDescription("To train on: nothing is learnt of them. Absent: none.")
        @Nullable Listed train,
    @JsonPropertyDescription("To validate on. Absent: none.") @Nullable Listed validation,
    @JsonPropertyDescription("To test on. Absent: none.") @Nullable Listed test) {

  /** Most of them that are named. */
  public static final int MOST_NAMED = 5;

  /** The same without names. */
  public ClassesWithoutPictures counted() {
    return new ClassesWithoutPictures(counted(train), counted(validation), counted(test));
  }

  private static @Nullable Listed counted(@Nullable Listed listed) {
    return listed == null ? null : new Listed(listed.count, List.of());
  }

  /** How many, and which. */
  public record Listed(
      @Required @Min(1) @JsonPropertyDescription("How many classes.") int count,
      @Required
          @JsonPropertyDescription(
              "The first of them by name, while reports come; a long name is cut.")
          @Size(max = MOST_NAMED)
          List<@Size(max = 253) String> names) {}
}
