package training.fusion.api.resource.generate;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import training.fusion.api.Hyperparameter;
import training.fusion.api.OptimizerType;

/** The API's reference as a Markdown page: every field and rule of the definition. */
final class ReferencePage {
  private static final String HEADER =
      "<!-- Generated from crds/resources/crd; do not edit. mvn -pl crds/resources -am process-test-classes -Pgenerate -->\n";

  private static final String INTRODUCTION =
      """
      # %s, `%s/%s`

      %s `kubectl get %s` lists them; `kubectl explain %s.spec` shows the fields below.
      """;

  private static final String READING =
      """

      A field in **bold** must be given. A field without a default that is absent has no value, or the one that its \
      description names; defaults that depend on the kind of optimizer are in [a table of their own](#defaults-of-optimizers) \
      and come back resolved in `status.optimization.resolved`. Unknown fields are refused by kubectl and by server-side apply; what \
      other clients send is dropped, with a warning. Numbers may be written in any \
      form of JSON or YAML: `0.0001`, `1e-4`.
      """;

  private static final String PICTURES =
      """

      ### How pictures are read

      As Pillow's `Image.open(file).convert("RGB")` reads them, which is torchvision's loader: equal in every byte, but for \
      what stands here ([how that was measured](evidence/pictures.md)). What a file is, its content says, not its name; what is \
      none of the formats is named as what it is, by `dry-run` too (which looks at \
      up to 10,000).

      | file | Pillow | here |
      | --- | --- | --- |
      | grey of 16 bits (12-bit values in it too) | values above 255 are white | the same, and it is said: in the log, and by `dry-run` |
      | JPEG of 4:4:0 (brightness has twice the rows of colour, and as many columns) | interpolated | the same where the JDK uses the system's libjpeg-turbo, as the image's does; with a JDK that has libjpeg 6b in it (Temurin) colour's rows are doubled, up to 100 levels off at edges |
      | JPEG by arithmetic codes, or whose components share a name | read | the same, or refused, by the same JDKs |
      | JPEG of lost data: a bad code, a segment that ends early, no end marker | mostly read, with what is missing grey | refused, or left out and counted (`onError`) |
      | PNG with a wrong check sum, or without its end | mostly read | refused |
      | BMP in runs of half bytes with an odd count, with pixels passed over, or at an odd place | misread | by the format |
      | BMP with unusual masks; JPEG with segments of Adobe, JFIF or Exif that are cut | refused | read |
      | WebP and GIF with several frames, TIFF with several pages | the first | the same |
      | TIFF with an orientation | turned, unlike any other format | the same |
      | TIFF of another kind than these: grey of 1, 2, 4 or 8 bits, 16 where 0 is black, 8 with alpha; RGB of 8 or 16 bits, with a fourth sample or not; palettes of up to 8 bits; CMYK of 8 bits; YCbCr in JPEGs. So none of 32 bits, of 16 bits where 0 is white or with alpha beside grey, of 2 or 4 bits of colour, in CIELAB, of 5 samples or more, of signed or floating-point numbers, of samples of different lengths | partly read | refused by name |
      | TIFF stored otherwise than uncompressed, by PackBits, LZW, Deflate, JPEG, or Group 3 or 4: by old JPEG, JPEG 2000, LZMA, Zstandard, WebP and others; with a predictor for floating-point numbers, or one of samples below 8 bits; JPEGs of single colours; faxes of more than one sample of 1 bit; with the lowest bit first; BigTIFF | partly read | refused by name |
      | TIFF of 16-bit colours in uncompressed planes | misread | by the file |
      | TIFF by Group 3 whose rows of a few pixels change at each | read | refused |
      | WebP where none of the machine's libraries can be loaded | – | refused by name; libwebp is there for Linux, macOS and Windows on x86-64, Linux and macOS on arm64 |
      """;

  private static final String NO_DEFAULTS =
      """

      What lies in `spec.matrix` and `spec.template` has no defaults here, and where a table is referred to that has some, \
      they are the trials': what was left out takes its default when its trial is made.
      """;

  private final StringBuilder page = new StringBuilder();
  private final Map<JsonNode, String> described = new HashMap<>();

  private ReferencePage() {}

  /** The page for both definitions. */
  static String of(JsonNode training, JsonNode sweep) {
    var reference = new ReferencePage();
    reference.page.append(HEADER);
    reference.write(training, "");
    Map<JsonNode, String> described = Map.copyOf(reference.described);
    described.forEach((schema, path) -> reference.described.put(withoutDefaults(schema), path));
    reference.page.append("\n");
    reference.write(sweep, "FusionSweep.");
    return reference.page.toString();
  }

  private static JsonNode withoutDefaults(JsonNode properties) {
    JsonNode copy = properties.deepCopy();
    CustomResourceSchema.removeDefaults(copy);
    return copy;
  }

  /**
   * @param prefix of the paths, so that no two sections have the same heading
   */
  private void write(JsonNode definition, String prefix) {
    JsonNode names = definition.at("/spec/names");
    JsonNode version = definition.at("/spec/versions/0");
    JsonNode root = version.at("/schema/openAPIV3Schema");
    String plural = names.get("plural").asText();
    page.append(
        INTRODUCTION.formatted(
            names.get("kind").asText(),
            definition.at("/spec/group").asText(),
            version.get("name").asText(),
            root.get("description").asText(),
            names.at("/shortNames/0").asText(),
            plural));
    page.append(prefix.isEmpty() ? READING : NO_DEFAULTS);
    rules(root);
    columns(version.get("additionalPrinterColumns"));
    page.append("\n## %sspec\n".formatted(prefix));
    section(prefix + "spec", root.at("/properties/spec"));
    if (prefix.isEmpty()) {
      page.append(PICTURES);
      defaults();
    }
    page.append("\n## %sstatus\n".formatted(prefix));
    section(prefix + "status", root.at("/properties/status"));
  }

  private void columns(JsonNode columns) {
    page.append("\n| column of `kubectl get` | from | |\n| --- | --- | --- |\n");
    for (JsonNode column : columns) {
      page.append(
              "| %s | `%s` | "
                  .formatted(
                      column.get("name").asText(), column.get("jsonPath").asText().substring(1)))
          .append(column.path("priority").asInt() > 0 ? "with `-o wide` |\n" : "|\n");
    }
  }

  /** One table for the fields of an object, then the same for each object in it. */
  private void section(String path, JsonNode schema) {
    rules(schema);
    page.append("\n| field | type | default | |\n| --- | --- | --- | --- |\n");
    Map<String, JsonNode> objects = new LinkedHashMap<>();
    for (var property : schema.path("properties").properties()) {
      JsonNode type = property.getValue();
      row(property.getKey(), type, required(schema, property.getKey()));
      String child = path + "." + property.getKey();
      if (type.has("properties")) {
        objects.put(child, type);
      } else if (type.path("items").has("properties")) {
        objects.put(child + "[]", type.get("items"));
      }
    }
    objects.forEach(this::objectSection);
  }

  /** An object that stands elsewhere on the page too is described there. */
  private void objectSection(String path, JsonNode schema) {
    page.append("\n### %s\n".formatted(path));
    String same = described.putIfAbsent(schema.get("properties"), path);
    if (same == null) {
      section(path, schema);
    } else {
      page.append("\nAs [%s](#%s).\n".formatted(same, anchor(same)));
    }
  }

  /** As GitHub makes them of headings. */
  private static String anchor(String heading) {
    return heading.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9 -]", "").replace(' ', '-');
  }

  private void row(String name, JsonNode schema, boolean required) {
    page.append("| ")
        .append((required ? "**`%s`**" : "`%s`").formatted(name))
        .append(" | ")
        .append(FieldType.of(schema))
        .append(" | ")
        .append(schema.has("default") ? "`" + schema.get("default") + "`" : "")
        .append(" | ")
        .append(cell(schema.path("description").asText()))
        .append(" |\n");
  }

  private void rules(JsonNode schema) {
    List<String> unless = new ArrayList<>();
    List<String> fixed = new ArrayList<>();
    for (JsonNode rule : schema.path("x-kubernetes-validations")) {
      if (rule.get("rule").asText().contains("oldSelf")) {
        fixed.add("`" + rule.get("fieldPath").asText().substring(1) + "`");
      } else {
        unless.add(
            "- %s: `%s`\n".formatted(rule.get("message").asText(), rule.get("rule").asText()));
      }
    }
    if (!fixed.isEmpty()) {
      page.append(
          "\nChanges only together with a new `runId`: " + String.join(", ", fixed) + ".\n");
    }
    if (!unless.isEmpty()) {
      page.append("\nRules, each with the message of a refusal:\n\n" + String.join("", unless));
    }
  }

  private void defaults() {
    page.append(
        """

        ### Defaults of optimizers

        PyTorch 2.3.1's (`torch.optim`), and timm 1.0.31's. A field that a type has no value for is refused with it. \
        In brackets stands what they call a field, where it is another word.

        """);
    List<Hyperparameter> fields = List.of(Hyperparameter.values());
    cells("type", "as", fields.stream().map(ReferencePage::named));
    cells("---", "---", fields.stream().map(field -> "---"));
    for (OptimizerType type : OptimizerType.values()) {
      cells(
          type.toString(),
          "`" + type.source() + "`",
          fields.stream().map(f -> String.valueOf(type.defaults().getOrDefault(f, ""))));
    }
  }

  private static String named(Hyperparameter field) {
    return field.torchName().equals(field.toString())
        ? field.toString()
        : "%s (`%s`)".formatted(field, field.torchName());
  }

  private void cells(String first, String second, Stream<String> others) {
    page.append(
        Stream.concat(Stream.of(first, second), others).collect(joining(" | ", "| ", " |\n")));
  }

  private static boolean required(JsonNode schema, String name) {
    for (JsonNode required : schema.path("required")) {
      if (required.asText().equals(name)) {
        return true;
      }
    }
    return false;
  }

  private static String cell(String text) {
    return text.replace("|", "\\|").replace("<", "&lt;");
  }
}
