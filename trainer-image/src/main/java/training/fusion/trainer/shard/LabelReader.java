package training.fusion.trainer.shard;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Reads labels of samples; of the same text there is one only. For any number of threads. */
final class LabelReader {
  private static final int LONGEST_TEXT = 1024;
  private static final int LONGEST_JSON = 1 << 20;
  private static final ObjectReader JSON = JsonMapper.builder().build().reader();

  private final SampleFields fields;
  private final Map<String, String> known = new ConcurrentHashMap<>();

  LabelReader(SampleFields fields) {
    this.fields = fields;
  }

  /** The class that a member of a tar says. */
  String read(SeekableFile tar, String extension, Samples.Member member) throws IOException {
    boolean json = SampleFields.isJson(extension);
    int longest = json ? LONGEST_JSON : LONGEST_TEXT;
    if (member.length() > longest) {
      throw DamagedShard.of(
          "the label %s has %s bytes, and %s at most are expected",
          member.name(), member.length(), longest);
    }
    byte[] content = member.content();
    String text =
        text(content == null ? tar.at(member.offset(), (int) member.length()) : content, member);
    String label = (json ? inJson(text, member) : text).strip();
    if (label.isEmpty() || label.codePoints().anyMatch(Character::isISOControl)) {
      throw DamagedShard.of(
          "the label %s is %s; the number of a class, or its name in one line, is expected",
          member.name(), label.isEmpty() ? "empty" : "of several lines");
    }
    return known.computeIfAbsent(label, name -> name);
  }

  private static String text(byte[] bytes, Samples.Member member) throws DamagedShard {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw DamagedShard.of("the label %s is no text in UTF-8", member.name());
    }
  }

  private String inJson(String text, Samples.Member member) throws DamagedShard {
    JsonNode object;
    try {
      object = JSON.readTree(text);
    } catch (JacksonException e) {
      throw DamagedShard.of("the label %s is no JSON: %s", member.name(), e.getOriginalMessage());
    }
    if (object.isIntegralNumber() || object.isTextual()) {
      return object.asText();
    }
    JsonNode label = inObject(object);
    if (label == null || !(label.isIntegralNumber() || label.isTextual())) {
      throw DamagedShard.of(
          "the label %s has no class under %s; set dataset.shards.labelField to the key that has its number or name",
          member.name(),
          fields.labelField() == null
              ? "a key such as label, class or target"
              : fields.labelField());
    }
    return label.asText();
  }

  private @Nullable JsonNode inObject(JsonNode object) {
    return fields.labelField() != null
        ? object.get(fields.labelField())
        : fields.labelFields().stream()
            .map(object::get)
            .filter(Objects::nonNull)
            .findFirst()
            .orElse(null);
  }
}
