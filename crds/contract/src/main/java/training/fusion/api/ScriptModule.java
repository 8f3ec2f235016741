package training.fusion.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Somebody's own network: a file of {@code torch.jit.script(net).save(file)}, whose weights are
 * what the training begins with. A run reads it each time that it starts.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ScriptModule(
    @Required
        @JsonPropertyDescription(
            "Where the file is. It is a program, and runs with the rights of the training's pod: take it from whom you would take an image.")
        Source source,
    @JsonPropertyDescription(
            "The blocks, the first one first: of each the names of parameters, or what they begin with up to a dot. The last one has the head. Every parameter is in exactly one. Absent: the module's children in order, those of containers (Sequential, ModuleList, ModuleDict) each on its own; ./fusion blocks FILE prints them.")
        @Size(min = 1, max = MOST_BLOCKS)
        @Nullable List<List<String>> blocks,
    @JsonPropertyDescription(
            "With several tensors (dataset.format: Tensors): their names, in the order of the arguments of the network's forward. Absent: by the names of these arguments.")
        @Size(min = 1, max = 16)
        @Nullable List<@Size(min = 1, max = 128) String> input) {
  /** The most blocks: as many as levels can tell apart, and more. */
  static final int MOST_BLOCKS = 256;

  /** The last part of its source's address. */
  public String fileName() {
    String address = "module";
    if (source.persistentVolumeClaim() != null) {
      String path = source.persistentVolumeClaim().path();
      address = path == null ? source.persistentVolumeClaim().claimName() : path;
    } else if (source.https() != null) {
      address = source.https().url();
    } else if (source.s3() != null) {
      address = source.s3().uri();
    } else if (source.image() != null) {
      address = source.image().path() == null ? source.image().reference() : source.image().path();
    }
    return address.replaceFirst("/+$", "").replaceFirst("^.*/", "");
  }
}
