package training.fusion.operator.job;

import static java.util.Map.entry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Termination messages that no trainer of ours writes, and what is to become of each. */
public final class HostileMessages {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** Stands for the run's key. */
  static final String RUN = "RUN";

  private static final String VALID =
      """
      {"contractVersion":1,"runKey":"RUN","epoch":3,"step":120,\
      "validation":{"split":"Validation","epoch":3,"accuracy":0.7,"loss":0.9,"f1":0.69},\
      "best":{"split":"Validation","epoch":3,"accuracy":0.7,"loss":0.9,"f1":0.69},\
      "test":{"split":"Test","epoch":3,"accuracy":0.71,"loss":0.88,"f1":0.7,"weightedF1":0.71},\
      "checkpoint":{"epoch":3,"step":120,"path":"checkpoint-3-120"},\
      "model":{"path":"model.safetensors","sha256":"ab"},"imagesPerSecond":31.5,\
      "history":[{"epoch":1,"trainLoss":1.5,"accuracy":0.6,"loss":1.1,"f1":0.5},{"epoch":3,"trainLoss":0.8}],\
      "parameters":{"lowLevel":300,"highLevel":700},"levelParameters":[100,200,700],"skippedPictures":2,\
      "classesWithoutPictures":{"train":{"count":5000,"names":[]}}}\
      """;

  private HostileMessages() {}

  /**
   * One of them.
   *
   * @param what it is, for people
   * @param exitCode of the container that left it
   * @param text {@code RUN} in it stands for the run's key
   * @param state Succeeded or Failed, in which the training is to end
   * @param reason of the condition that says so
   */
  public record Hostile(String what, int exitCode, String text, String state, String reason) {
    /** For the run with this key. */
    public String textFor(String runKey) {
      return text.replace(RUN, runKey);
    }

    @Override
    public String toString() {
      return what;
    }
  }

  /** What a trainer writes, for the run with this key. */
  public static String valid(String runKey) {
    return VALID.replace(RUN, runKey);
  }

  /** All of them, each with what is to become of it. */
  public static List<Hostile> all() {
    return Stream.of(finished(), without(), failed()).flatMap(List::stream).toList();
  }

  /** A finished training, with something in it that a status does not take. */
  private static List<Hostile> finished() {
    return Map.ofEntries(
            entry("41 epochs", patched("history", epochs(41))),
            entry("400 epochs", patched("history", epochs(400))),
            entry("epochs without figures", patched("history", "[{}, null, 3, {\"epoch\": 1}]")),
            entry("a history that is a text", patched("history", "\"long\"")),
            entry("an accuracy of 1e999", patched("test", metrics("1e999"))),
            entry("an accuracy below 0", patched("test", metrics("-0.5"))),
            entry("an accuracy above 1", patched("best", metrics("71"))),
            entry("an accuracy in quotes", patched("validation", metrics("\"0.7\""))),
            entry("figures without a split", patched("test", "{\"epoch\":3,\"accuracy\":0.7}")),
            entry(
                "a split of another version",
                patched("test", metrics("0.7").replace("Test", "Train"))),
            entry("a path of 600 characters", patched("model", path("m".repeat(600)))),
            entry("a path of 600 astral characters", patched("model", path("😀".repeat(600)))),
            entry(
                "a checkpoint before the first step",
                patched("checkpoint", "{\"epoch\":-1,\"step\":-5,\"path\":\"c\"}")),
            entry("a checkpoint that is a list", patched("checkpoint", "[]")),
            entry("a variant of another version", patched("pretrainedVariant", "\"Timm3\"")),
            entry("fewer than no parameters", patched("levelParameters", "[-1, 5]")),
            entry("no list of parameters", patched("levelParameters", "7")),
            entry("fewer than no pictures", patched("skippedPictures", "-3")),
            entry("more pictures than an integer", patched("skippedPictures", "10000000000")),
            entry(
                "fewer than no classes",
                patched("classesWithoutPictures", "{\"test\":{\"count\":-1,\"names\":[]}}")),
            entry(
                "classes without end",
                patched(
                    "classesWithoutPictures",
                    "{\"train\":{\"count\":400,\"names\":%s}}".formatted(epochs(400)))),
            entry("half an epoch", patched("epoch", "2.5")),
            entry("more steps than a long", patched("step", "1e30")),
            entry(
                "an average without a file",
                patched("ema", "{\"model\":{\"path\":null},\"test\":" + metrics("2") + "}")),
            entry(
                "an early stop in words",
                patched("stoppedEarly", "{\"epoch\":\"three\",\"bestEpoch\":2}")),
            entry(
                "no parameters at all", patched("parameters", "{\"lowLevel\":0,\"highLevel\":0}")),
            entry(
                "more parameters than a long",
                patched(
                    "parameters",
                    "{\"lowLevel\":9223372036854775807,\"highLevel\":9223372036854775807}")),
            entry("a switch at half a step", patched("swatsSwitchStep", "1.5")),
            entry("a field of a newer trainer", patched("curves", epochs(40))),
            entry("two results one after the other", VALID + VALID),
            entry(
                "the first 800 bytes of a longer one",
                patched("history", epochs(40)).substring(0, 800)))
        .entrySet()
        .stream()
        .sorted(Map.Entry.comparingByKey())
        .map(entry -> new Hostile(entry.getKey(), 0, entry.getValue(), "Succeeded", "Succeeded"))
        .toList();
  }

  /** An end without a result. */
  private static List<Hostile> without() {
    return Map.ofEntries(
            entry("a failure without words", patched("failure", "{}")),
            entry("a failure in one word", patched("failure", "\"no\"")),
            entry("a failure of numbers", patched("failure", "{\"reason\":1,\"message\":2}")),
            entry("nothing", ""),
            entry("null", "null"),
            entry("an empty list", "[]"),
            entry("a number", "42"),
            entry("a text", "\"result\""),
            entry("the beginning of an object", "{"),
            entry("a line of a log", "java.lang.OutOfMemoryError: Java heap space"),
            entry("a result of another run", VALID.replace(RUN, "another")),
            entry("a key that is a number", VALID.replace("\"RUN\"", "42")),
            entry("a contract version to come", patched("contractVersion", "2")),
            entry("a contract version in words", patched("contractVersion", "\"one\"")),
            entry("a contract version that never was", patched("contractVersion", "-1")),
            entry("figures that are no numbers", VALID.replace("0.9", "NaN")),
            entry("lists two thousand deep", VALID.replace("0.9", "[".repeat(2000))),
            entry("a number of two thousand digits", VALID.replace("120", "1".repeat(2000))),
            entry("the first 200 bytes", VALID.substring(0, 200)))
        .entrySet()
        .stream()
        .sorted(Map.Entry.comparingByKey())
        .map(entry -> new Hostile(entry.getKey(), 0, entry.getValue(), "Failed", "NoResult"))
        .toList();
  }

  private static List<Hostile> failed() {
    String exitCode = "BadConfiguration"; // what 64 means
    return List.of(
        new Hostile(
            "a failure without words and 64", 64, patched("failure", "{}"), "Failed", exitCode),
        new Hostile("a reason of blanks", 64, failure("  ", "the words"), "Failed", exitCode),
        new Hostile("a message of blanks", 64, failure("BadData", "\\n"), "Failed", exitCode),
        new Hostile(
            "a reason of 200 characters",
            64,
            failure("B".repeat(200), "words"),
            "Failed",
            "B".repeat(63) + "…"),
        new Hostile(
            "a message of 40,000 characters",
            64,
            failure("BadData", "ä".repeat(40_000)),
            "Failed",
            "BadData"),
        new Hostile("half a character", 64, failure("BadData", "\\ud83d"), "Failed", "BadData"),
        new Hostile(
            "a zero, a bell and a tag",
            64,
            failure("BadData", "\\u0000\\u0007<script>"),
            "Failed",
            "BadData"),
        new Hostile("success with 64", 64, VALID, "Failed", exitCode),
        new Hostile("a list with 64", 64, "[]", "Failed", exitCode));
  }

  private static String failure(String reason, String message) {
    return patched("failure", "{\"reason\":\"%s\",\"message\":\"%s\"}".formatted(reason, message));
  }

  private static String metrics(String accuracy) {
    return "{\"split\":\"Test\",\"epoch\":3,\"accuracy\":%s,\"loss\":0.9,\"f1\":0.7}"
        .formatted(accuracy);
  }

  private static String path(String path) {
    return "{\"path\":\"%s\",\"sha256\":\"ab\"}".formatted(path);
  }

  private static String epochs(int count) {
    return IntStream.rangeClosed(1, count)
        .mapToObj("{\"epoch\":%d,\"trainLoss\":0.5,\"accuracy\":0.7}"::formatted)
        .toList()
        .toString();
  }

  /** The valid one with a field that is this: as text, for JSON's own numbers would not survive. */
  private static String patched(String field, String value) {
    ObjectNode tree = tree();
    tree.put(field, "VALUE");
    return tree.toString().replace("\"VALUE\"", value);
  }

  /** What a trainer writes, with {@code RUN} in the key's place. */
  static ObjectNode tree() {
    try {
      return (ObjectNode) JSON.readTree(VALID);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
