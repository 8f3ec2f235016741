package training.fusion.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** Where files come from: exactly one of its fields. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value =
        "[has(self.persistentVolumeClaim), has(self.https), has(self.s3), has(self.image)].exists_one(x, x)",
    message =
        "source needs exactly one of persistentVolumeClaim, https, s3, image; keep the one you want"
            + ExactlyOne.LEFT_OVER)
public record Source(
    @JsonPropertyDescription(
            "A folder or file on a volume of the training's namespace, mounted read-only.")
        @Nullable ClaimPath persistentVolumeClaim,
    @JsonPropertyDescription("A file or archive fetched over HTTPS.") @Nullable Https https,
    @JsonPropertyDescription("A prefix in an S3 bucket.") @Nullable S3 s3,
    @JsonPropertyDescription("A folder of an OCI image, mounted as a Kubernetes image volume.")
        @Nullable Image image) {

  /** A file or archive fetched over HTTPS. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Https(
      @Required
          @JsonPropertyDescription("Address, beginning with https://.")
          @Size(max = 2048)
          @Pattern("^https://.+")
          String url,
      @Required
          @JsonPropertyDescription("SHA-256 of the file, 64 lower-case hexadecimal digits.")
          @Size(max = 64)
          @Pattern("^[0-9a-f]{64}$")
          String sha256,
      @JsonPropertyDescription(
              "Secret whose key header is a line such as 'Authorization: Bearer TOKEN', sent to"
                  + " that address's host alone. Absent: none is sent.")
          @Size(max = 253)
          @Pattern(Formats.NAME)
          @Nullable String secretName) {}

  /** A prefix in an S3 bucket. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record S3(
      @Required
          @JsonPropertyDescription("s3://bucket/prefix.")
          @Size(max = 1024)
          @Pattern("^s3://[^/]+(/.*)?$")
          String uri,
      @JsonPropertyDescription(
              "Address of the server, beginning with https:// or http://. Absent: AWS.")
          @Size(max = 2048)
          @Pattern("^https?://.+")
          @Nullable String endpoint,
      @JsonPropertyDescription("Region of the bucket.") @Size(max = 64) @Nullable String region,
      @JsonPropertyDescription(
              "Secret with accessKeyId and secretAccessKey. Absent: the pod's own identity.")
          @Size(max = 253)
          @Pattern(Formats.NAME)
          @Nullable String secretName) {}

  /** A folder of an OCI image. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @ValidationRule(
      value = "!has(self.path) || !self.path.split('/').exists(p, p == '..')",
      message = "path is a folder inside the image; write it without '..'",
      fieldPath = ".path")
  public record Image(
      @Required @JsonPropertyDescription("The image, best with a digest.") @Size(min = 1, max = 512)
          String reference,
      @JsonPropertyDescription("Folder inside it. Absent: its root.") @Size(max = 512)
          @Nullable String path) {}
}
